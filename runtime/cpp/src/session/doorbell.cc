// By futex.
#include "session/doorbell.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace multifrost::session {
namespace {

/// As steady_clock has it: FUTEX_WAIT_BITSET takes a time of CLOCK_MONOTONIC.
timespec as_timespec(Doorbell::Time time) noexcept {
  const auto since_boot = time.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_boot);
  timespec result{};
  result.tv_sec = static_cast<time_t>(seconds.count());
  result.tv_nsec = static_cast<long>(std::chrono::nanoseconds(since_boot - seconds).count());
  return result;
}

}  // namespace

void Doorbell::wake(Address address) noexcept {
  ::syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

Doorbell::Ring Doorbell::wait(Time until) noexcept {
  const timespec limit = as_timespec(until);
  const timespec* const deadline = until == Time::max() ? nullptr : &limit;
  while (word_.load(std::memory_order_acquire) == 0) {
    const auto slept = ::syscall(SYS_futex, &word_, FUTEX_WAIT_BITSET_PRIVATE, 0, deadline, nullptr,
                                 FUTEX_BITSET_MATCH_ANY);
    // ETIMEDOUT; for a time before the system has started, EINVAL.
    if (slept != 0 && errno != EINTR && errno != EAGAIN) break;
  }
  return static_cast<Ring>(word_.exchange(0, std::memory_order_acquire));
}

}  // namespace multifrost::session
