// When to ask a peer whether it lives, and what its answers tell (spec 7.2). Pure; the clock is
// passed in.
//
//   state   | due(now)                      | echoed(id)       | effect
//   --------+-------------------------------+------------------+------------------------------------
//   idle    | interval since last → send;   | ignored          | waiting
//           | at once before the first echo |                  |
//   waiting | timeout since sent → miss     | id matches → RTT | idle; misses + 1, or misses = 0
//
// The round trip is measured on our clock and matched by id, since published peers echo what they
// like.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/call_id.h"

namespace multifrost::engine {

class Heartbeat {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;

  struct Options {
    std::chrono::nanoseconds interval =
        std::chrono::seconds(5);  ///< zero: none after the first echo
    std::chrono::nanoseconds timeout = std::chrono::seconds(3);
  };
  explicit Heartbeat(const Options& options) noexcept : options_(options) {}

  enum class Due : std::uint8_t { nothing, send };
  /// Counts a miss when it is time, and says whether to send.
  Due due(Time now) noexcept;
  void sent(const CallId& id, Time now) noexcept;
  /// False: not the one that we wait for (late, or foreign).
  bool echoed(const CallId& id, Time now) noexcept;

  /// When due() may have news next.
  Time next() const noexcept;

  int misses() const noexcept { return misses_; }
  std::optional<std::chrono::nanoseconds> round_trip() const noexcept { return round_trip_; }
  std::optional<Time> last_echo() const noexcept { return last_echo_; }

 private:
  Options options_;
  bool waiting_ = false;
  CallId id_;
  Time sent_at_{};
  int misses_ = 0;
  std::optional<std::chrono::nanoseconds> round_trip_;
  std::optional<Time> last_echo_;
};

}  // namespace multifrost::engine
