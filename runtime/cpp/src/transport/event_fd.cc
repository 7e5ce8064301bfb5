#include "transport/event_fd.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <system_error>

namespace multifrost::transport {

EventFd::EventFd() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void EventFd::set() const noexcept {
  const std::uint64_t one = 1;
  // EAGAIN means that the counter is full, that is, set.
  [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
}

void EventFd::clear() const noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto taken = ::read(fd_.get(), &count, sizeof count);
}

unsigned wait_readable(const int* descriptors, unsigned count,
                       std::chrono::steady_clock::time_point deadline) noexcept {
  using std::chrono::nanoseconds;
  std::array<pollfd, 8> polled{};
  count = std::min<unsigned>(count, polled.size());
  for (unsigned i = 0; i < count; ++i) {
    polled[i] = {.fd = descriptors[i], .events = POLLIN, .revents = 0};
  }
  for (;;) {
    timespec left{};
    const bool forever = deadline == std::chrono::steady_clock::time_point::max();
    if (!forever) {
      const auto time =
          std::max(nanoseconds(0), nanoseconds(deadline - std::chrono::steady_clock::now()));
      left.tv_sec = time.count() / 1'000'000'000;
      left.tv_nsec = time.count() % 1'000'000'000;
    }
    const int ready = ::ppoll(polled.data(), count, forever ? nullptr : &left, nullptr);
    if (ready < 0 && errno == EINTR) continue;
    unsigned result = 0;
    for (unsigned i = 0; ready > 0 && i < count; ++i) {
      if (polled[i].revents != 0) result |= 1u << i;
    }
    return result;
  }
}

}  // namespace multifrost::transport
