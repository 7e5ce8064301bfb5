#include "transport/poller.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace multifrost::transport {

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

bool Poller::add(int descriptor, std::uint64_t data, Interest interest) noexcept {
  epoll_event event{};
  event.events = interest == Interest::readable ? EPOLLIN : EPOLLOUT;
  event.data.u64 = data;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Poller::set(int descriptor, std::uint64_t data, bool on) noexcept {
  epoll_event event{};
  // Hang-ups are always reported by epoll; one-shot without events is its way to be silent.
  event.events = on ? EPOLLIN : EPOLLONESHOT;
  event.data.u64 = data;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, descriptor, &event);
}

void Poller::remove(int descriptor) noexcept {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
}

std::size_t Poller::wait(std::span<std::uint64_t> ready,
                         std::chrono::steady_clock::time_point deadline) noexcept {
  using std::chrono::milliseconds;
  std::array<epoll_event, 32> events;
  const int room = static_cast<int>(std::min(ready.size(), events.size()));
  for (;;) {
    int timeout = -1;
    if (deadline != std::chrono::steady_clock::time_point::max()) {
      const auto left =
          std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
      timeout = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
    }
    const int count = ::epoll_wait(epoll_.get(), events.data(), room, timeout);
    if (count < 0) {
      if (errno == EINTR) continue;
      return 0;
    }
    for (int i = 0; i < count; ++i) {
      ready[static_cast<std::size_t>(i)] = events[static_cast<std::size_t>(i)].data.u64;
    }
    return static_cast<std::size_t>(count);
  }
}

}  // namespace multifrost::transport
