// Aligned, so that whole huge pages fit.
#include "transport/direct/large_block.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace multifrost::transport::direct {
namespace {
constexpr std::size_t kHugePage = std::size_t{2} << 20;
// Below, the allocator soon gives the same memory again, which is cheaper still.
constexpr std::size_t kWorthwhile = std::size_t{16} << 20;
}  // namespace

std::shared_ptr<char[]> make_large_block(std::size_t size) {
  if (size < kWorthwhile) return std::make_shared_for_overwrite<char[]>(size);
  const std::size_t rounded = (size + kHugePage - 1) / kHugePage * kHugePage;
  void* const memory = std::aligned_alloc(kHugePage, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  ::madvise(memory, rounded, MADV_HUGEPAGE);  // a wish: without it everything works the same
  return {static_cast<char*>(memory), [](char* block) { std::free(block); }};
}

}  // namespace multifrost::transport::direct
