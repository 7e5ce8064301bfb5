#include "session/buffer_pool.h"

#include <array>
#include <cstddef>

namespace multifrost::session {
namespace {

constexpr std::size_t kMost = 4;
constexpr std::size_t kLargest = 64 * 1024;

// A client of static duration may call after its thread's locals are gone (R10).
thread_local bool ended = false;

struct Stash {
  std::array<Buffer, kMost> buffers;
  std::size_t count = 0;
  ~Stash() { ended = true; }
};
thread_local Stash stash;

}  // namespace

[[gnu::hot]] void take_buffer(Buffer& buffer) noexcept {
  if (ended || stash.count == 0) return;
  buffer.swap(stash.buffers[--stash.count]);
}

[[gnu::hot]] void give_buffer(Buffer& buffer) noexcept {
  buffer.clear();
  if (buffer.capacity() == 0 || buffer.capacity() > kLargest) return;
  if (ended || stash.count == kMost) return;
  buffer.swap(stash.buffers[stash.count++]);
}

}  // namespace multifrost::session
