#include "transport/timer_fd.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace multifrost::transport {

TimerFd::TimerFd() : fd_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  if (!fd_) throw std::system_error(errno, std::generic_category(), "timerfd_create");
}

void TimerFd::arm(std::chrono::nanoseconds after) const noexcept {
  itimerspec time{};
  time.it_value.tv_sec = after.count() / 1'000'000'000;
  time.it_value.tv_nsec = after.count() % 1'000'000'000;
  ::timerfd_settime(fd_.get(), 0, &time, nullptr);
}

void TimerFd::disarm() const noexcept {
  const itimerspec never{};
  ::timerfd_settime(fd_.get(), 0, &never, nullptr);
}

void TimerFd::clear() const noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto taken = ::read(fd_.get(), &count, sizeof count);
}

}  // namespace multifrost::transport
