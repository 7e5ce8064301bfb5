// When to try to connect: at once, then again after pauses that double from 20 ms to one second.
//
// Pure; time is passed in. A parent in connect mode tries for ever; a worker, whose parent listens
// before it starts the worker, gives up after two seconds and never joins a second time (R4).
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "transport/transport.h"

namespace multifrost::transport::direct {

class Dialer {
 public:
  using Time = Clock::time_point;
  static constexpr std::chrono::milliseconds kFirstPause{20};
  static constexpr std::chrono::milliseconds kLongestPause{1000};

  Dialer(Endpoint endpoint, Time now, std::optional<std::chrono::nanoseconds> give_up_after)
      : endpoint_(std::move(endpoint)),
        next_(now),
        give_up_(give_up_after ? now + *give_up_after : Time::max()) {}

  const Endpoint& endpoint() const noexcept { return endpoint_; }
  bool due(Time now) const noexcept { return now >= next_; }
  /// When to look again; max: never.
  Time next() const noexcept { return next_; }

  /// An attempt is under way.
  void began() noexcept { next_ = Time::max(); }
  /// It failed. False: that was the last one.
  bool failed(Time now) noexcept {
    next_ = now + pause_;
    pause_ = std::min(pause_ * 2, kLongestPause);
    if (next_ < give_up_) return true;
    next_ = Time::max();
    return false;
  }
  /// It led to a connection, which has ended now.
  void lost(Time now) noexcept {
    pause_ = kFirstPause;
    next_ = give_up_ == Time::max() ? now + kFirstPause : Time::max();
  }

 private:
  Endpoint endpoint_;
  Time next_;
  Time give_up_;
  std::chrono::milliseconds pause_ = kFirstPause;
};

}  // namespace multifrost::transport::direct
