// Aligned, so that whole huge pages fit.
#include "transport/direct/large_block.h"

#include <sys/mman.h>

#include <new>

namespace multifrost::transport::direct {
namespace {
constexpr std::size_t kHugePage = std::size_t{2} << 20;
/// Below, what the last huge page holds too much is out of proportion.
constexpr std::size_t kWorthwhile = std::size_t{16} << 20;
}  // namespace

LargeBlock make_large_block(std::size_t size) {
  const bool huge = size >= kWorthwhile;
  const std::size_t rounded = (size + kHugePage - 1) / kHugePage * kHugePage;
  void* const memory = huge ? std::aligned_alloc(kHugePage, rounded) : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  // A wish: without it everything works the same.
  if (huge) ::madvise(memory, rounded, MADV_HUGEPAGE);
  return LargeBlock(static_cast<char*>(memory));
}

}  // namespace multifrost::transport::direct
