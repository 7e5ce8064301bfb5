// Stops calls to a worker that fails or is silent, and finds out when it is well again (spec 7.1,
// R5).
//
//   event \ state     | closed           | open          | half-open           | forced-open
//   ------------------+------------------+---------------+---------------------+------------
//   success           | count 0          | → closed      | → closed            | –
//   failure           | count + 1; at    | –             | –                   | –
//                     | threshold → open |               |                     |
//   miss              | –                | –             | → open, wait longer | –
//   miss, too many    | → open           | –             | → open, wait longer | –
//   probe sent        | –                | → half-open   | –                   | –
//   probe unsent      | –                | wait longer   | –                   | –
//   echo              | –                | –             | → closed            | –
//   connected         | count 0          | probe at once | → open, probe at    | –
//                     |                  |               | once                |
//   force_open()      | → forced-open    | → forced-open | → forced-open       | –
//   reset()           | count 0          | → closed      | → closed            | → closed
//
//   Disabled: nothing changes it, and it admits every call.
//
// With `probe_by_call`, the letter of spec 7.1 ("Successful call after failures"), a call takes the
// heartbeat's place: heartbeats keep their own interval and close nothing, and
//
//   event \ state        | open                           | half-open: the probe is out
//   ---------------------+--------------------------------+-------------------------------------
//   admit_probe(now)     | its time, and none is out:     | it is given up: the next is admitted;
//                        | → half-open, admitted          | else –
//   success of any call  | → closed                       | → closed
//   probe ended, others  | as any other call              | → open, wait longer
//   failure, other calls | –                              | –
//   connected            | probe at once                  | – (the probe travels on it)
//
// At most one such call is out at any moment: it is waited for, also when another call has closed
// the circuit meanwhile and it has opened again; but not for ever, or a call without a deadline
// that is never answered would keep the circuit from recovering (spec 9.1). After probe_patience it
// is given up: another may be let through, and its own end counts as any other call's.
//
// The probe is a heartbeat, first_probe after opening, then ever later up to last_probe: open, no
// calls travel (the specification's "no network traffic"). Outcomes, echoes and misses carry the
// number of their connection, the epoch; those of another than the current one change nothing.
// Forced-open is latched: the worker has ended for good, and only start() or reset_circuit() lead
// on.
//
// What an outcome counts as, and as what with `literal` counting, the letter of spec 7.1:
//
//   outcome                                        | counts as | literal
//   -----------------------------------------------+-----------+--------
//   a result                                       | success   | success
//   an error that the interface declares           | success   | failure
//   a call refused for what it asks (no such …)    | success   | failure
//   an undeclared error, an unreadable answer      | failure   | failure
//   deadline passed after the call was sent        | failure   | failure
//   connection lost, worker exited after sending   | nothing   | failure
//   never sent: deadline, connection, worker exit  | nothing   | failure
//   cancelled or closed by the caller              | nothing   | nothing
//
// A lost call counts as nothing since its connection's end is dealt with itself: by a restart, or
// by force_open(). A call that was never sent has epoch 0 and is only counted with `literal`. Pure;
// one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace multifrost::engine {

class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Epoch = std::uint64_t;  ///< of a connection; 0 is none
  using Probe = std::uint32_t;  ///< a call that is one; 0: it is an ordinary call

  struct Options {
    bool enabled = true;
    bool literal = false;  ///< counts as the table above says
    int threshold = 5;     ///< failures in a row; see default_threshold()
    bool probe_by_call = false;
    std::chrono::nanoseconds probe_patience = std::chrono::seconds(30);  ///< with such a call
    std::chrono::nanoseconds first_probe = std::chrono::milliseconds(500);
    std::chrono::nanoseconds last_probe = std::chrono::seconds(1);
  };
  /// Spec 7.1 names maxRestartAttempts; with 0 of them one failure is still the least.
  static constexpr int default_threshold(int max_restart_attempts) noexcept {
    return max_restart_attempts > 1 ? max_restart_attempts : 1;
  }

  enum class State : std::uint8_t { closed, open, half_open, forced_open, disabled };
  enum class Cause : std::uint8_t {
    none,
    calls_failed,
    heartbeats_missed,
    worker_exited,
    restarts_exhausted,
  };
  enum class Outcome : std::uint8_t {
    result,
    declared_error,  ///< or another answer that does not speak against the worker
    remote_error,    ///< undeclared, or an answer that cannot be read
    deadline,
    lost,
    unsent,
    cancelled,
  };

  explicit CircuitBreaker(const Options& options) noexcept
      : options_(options), state_(options.enabled ? State::closed : State::disabled) {}

  /// May a call be made? A few instructions.
  bool admits() const noexcept { return state_ == State::closed || state_ == State::disabled; }

  // Those that can stop calls answer true when they have just done so: a trip (spec 7.4).

  /// A call that was sent on `epoch` has ended. `now` matters only when that opens the circuit.
  bool outcome(Epoch epoch, Outcome outcome, Time now) noexcept {
    if (outcome == Outcome::result && state_ == State::closed) {
      if (epoch == epoch_) failures_ = 0;
      return false;
    }
    return count(epoch, outcome, now);
  }
  /// A heartbeat was not answered in time. `too_many`: Heartbeat::exhausted().
  bool beat_missed(Epoch epoch, bool too_many, Time now) noexcept;
  /// The heartbeat that was sent last was answered.
  void beat_echoed(Epoch epoch) noexcept;

  /// With probe_by_call: may a call be made now although the circuit is open?
  bool may_probe(Time now) const noexcept {
    if (!options_.probe_by_call || (probe_ != 0 && now < probe_until_)) return false;
    return state_ == State::half_open || (state_ == State::open && now >= probe_at_);
  }
  /// The same, and that call is made: its end is told to probe_ended(). 0: it may not.
  Probe admit_probe(Time now) noexcept;
  /// In the place of outcome(), once for each call that was admitted; `now` always matters.
  bool probe_ended(Probe probe, Epoch epoch, Outcome outcome, Time now) noexcept;

  /// When the next heartbeat is to be sent as a probe; none: none is wanted, or one is out.
  std::optional<Time> probe_at() const noexcept {
    return state_ == State::open && !options_.probe_by_call ? std::optional(probe_at_)
                                                            : std::nullopt;
  }
  /// A heartbeat left at `now`; it is the probe if one was due.
  void probe_sent(Time now) noexcept;
  /// The probe could not even be queued: as if it had been missed.
  void probe_unsent(Time now) noexcept;

  /// A connection has been made; from now on only its results count.
  void connected(Epoch epoch, Time now) noexcept;
  bool force_open(Cause cause, Time now) noexcept;
  /// start(), reset_circuit().
  void reset() noexcept;

  State state() const noexcept { return state_; }
  /// Failures in a row since the last success, start or connection.
  int failures() const noexcept { return failures_; }
  /// Why and since when calls are refused; none while they are not.
  Cause cause() const noexcept { return cause_; }
  std::optional<Time> opened_at() const noexcept {
    return admits() ? std::nullopt : std::optional(opened_at_);
  }

 private:
  bool count(Epoch epoch, Outcome outcome, Time now) noexcept;
  bool open(Cause cause, Time now) noexcept;
  void wait_longer(Time now) noexcept;

  Options options_;
  State state_;
  Cause cause_ = Cause::none;
  Probe probe_ = 0;  ///< the call that is out: it has neither ended nor been given up for another
  Probe last_probe_ = 0;
  int failures_ = 0;
  Epoch epoch_ = 0;
  std::chrono::nanoseconds backoff_{};
  Time probe_at_{};
  Time probe_until_{};  ///< when the call that is out is given up
  Time opened_at_{};
};

}  // namespace multifrost::engine
