// When to ask a peer whether it lives, and what its answers tell (spec 7.2). Pure; the clock is
// passed in.
//
//   event               | idle                             | waiting
//   --------------------+----------------------------------+--------------------------------
//   due(), no probe     | interval since the last one, or  | nothing
//                       | before the first echo: send      |
//   due(), probe wanted | its time has come: send          | its time has come: send
//   sent()              | → waiting                        | this one takes the other's place
//   timeout since sent  | –                                | → idle, misses + 1
//   echoed(), same id   | –                                | → idle, misses = 0
//     handler stuck     | –                                | → idle, misses + 1
//   echoed(), other id  | –                                | –
//
// The round trip is measured on our clock and matched by id, since published peers echo what they
// like. `probe` is CircuitBreaker::probe_at(): while the circuit is open it says when to send,
// instead of the interval.
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
  using Probe = std::optional<Time>;

  struct Options {
    std::chrono::nanoseconds interval =
        std::chrono::seconds(5);  ///< zero: none after the first echo
    std::chrono::nanoseconds timeout = std::chrono::seconds(3);
    int max_misses = 3;
    /// An echo that tells of a handler running for longer than this is a miss; zero: never.
    std::chrono::nanoseconds handler_stall_timeout = std::chrono::nanoseconds(0);
  };
  explicit Heartbeat(const Options& options) noexcept : options_(options) {}

  /// The heartbeat that is out has had its time: a miss, counted once; true when this did it.
  bool expired(Time now) noexcept;

  enum class Due : std::uint8_t { nothing, send };
  /// Counts a miss when it is time (as expired() does), and says whether to send.
  Due due(Time now, Probe probe = std::nullopt) noexcept;
  void sent(const CallId& id, Time now) noexcept;
  /// False: not the one that we wait for (late, or foreign). `busy`: for how long the worker's
  /// handler has been running, where it tells (`busy_ms`).
  bool echoed(const CallId& id, Time now,
              std::optional<std::chrono::milliseconds> busy = std::nullopt) noexcept;

  /// When due() may have news next.
  Time next(Probe probe = std::nullopt) const noexcept;

  /// Consecutive ones.
  int misses() const noexcept { return misses_; }
  /// So many misses that the circuit is to open. Not before the first echo: a worker that starts
  /// slowly has the time that its start has.
  bool exhausted() const noexcept { return last_echo_ && misses_ >= options_.max_misses; }
  /// The last echo told of a stuck handler, and counted as a miss.
  bool stalled() const noexcept { return stalled_; }
  std::optional<std::chrono::nanoseconds> round_trip() const noexcept { return round_trip_; }
  std::optional<Time> last_echo() const noexcept { return last_echo_; }

 private:
  Options options_;
  bool waiting_ = false;
  bool stalled_ = false;
  CallId id_;
  Time sent_at_{};
  int misses_ = 0;
  std::optional<std::chrono::nanoseconds> round_trip_;
  std::optional<Time> last_echo_;
};

}  // namespace multifrost::engine
