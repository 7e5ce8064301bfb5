// Whether and when a worker that has ended is started again (spec 7.3, R5).
//
//   exited(…)                                        | decision
//   -------------------------------------------------+-----------------------------------------
//   planned: close(), or the start of another one    | nothing
//   auto-restart off                                 | give up
//   had been ready for `stable_after` or longer      | count 0, then as below
//   fewer than max_attempts attempts in a row so far | count + 1, restart after the backoff
//   otherwise                                        | give up
//
// An attempt that does not become ready ends in exited() like any other. The backoff before attempt
// n is first_delay × 2^(n-1), at most longest_delay, of which between half and all is waited, as
// the random number says: the workers of a machine that fails together do not all come back in the
// same moment. Pure; one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace multifrost::engine {

class RestartPolicy {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Options {
    bool auto_restart = false;  ///< spec 4.1 `autoRestart`
    int max_attempts = 5;       ///< spec 4.1 `maxRestartAttempts`, in a row
    std::chrono::nanoseconds first_delay = std::chrono::milliseconds(100);
    std::chrono::nanoseconds longest_delay = std::chrono::seconds(5);
    std::chrono::nanoseconds stable_after = std::chrono::seconds(10);
  };
  explicit RestartPolicy(const Options& options) noexcept : options_(options) {}

  struct Decision {
    enum class Kind : std::uint8_t { nothing, restart, give_up };
    Kind kind = Kind::nothing;
    Time at{};  ///< restart: not earlier than this
  };

  /// The worker is ready for calls (again).
  void ready(Time now) noexcept { ready_at_ = now; }
  /// The worker has ended, or could not be started. `random`: uniform over all 64 bits.
  Decision exited(Time now, bool planned, std::uint64_t random) noexcept;
  /// start(): whatever was, was before.
  void reset() noexcept;

  /// Restarts in a row, without a stable time between them.
  int attempts() const noexcept { return attempts_; }

 private:
  std::chrono::nanoseconds delay(std::uint64_t random) const noexcept;

  Options options_;
  int attempts_ = 0;
  std::optional<Time> ready_at_;
};

}  // namespace multifrost::engine
