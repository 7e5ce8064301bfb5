#include "session/process_epoch.h"

#include <pthread.h>

#include <atomic>

namespace multifrost::session {
namespace {

// Global by nature: fork() copies the whole process, and this is how each copy knows which one it
// is.
std::atomic<std::uint32_t> epoch{1};

}  // namespace

[[gnu::hot]] std::uint32_t process_epoch() noexcept {
  static const int registered =
      ::pthread_atfork(nullptr, nullptr, [] { epoch.fetch_add(1, std::memory_order_relaxed); });
  static_cast<void>(registered);
  return epoch.load(std::memory_order_relaxed);
}

}  // namespace multifrost::session
