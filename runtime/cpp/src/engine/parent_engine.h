// What a parent decides about its worker: whether it is well, what its end means, when it is
// started again, which calls that ends and which may be made (spec 7, 9.3; R4, R5). The session
// and the simulator both tell it what happens and do what it says.
//
// The worker:
//
//   event \ phase    | idle, ended, closed | connecting          | ready       | restarting
//   -----------------+---------------------+---------------------+-------------+-----------------
//   start()          | → connecting:       | → connecting:       | nothing     | → connecting:
//                    |   launch            |   launch            |             |   launch
//   restart_due()    | –                   | –                   | –           | its time: launch
//   ready()          | –                   | → ready             | –           | → ready
//   the link is over | all calls end       | → idle,             | as the policy says:
//   launch_failed()  | all calls end       |   all calls end     |   restart: → restarting, what
//                    |                     |                     |     was sent ends;
//                    |                     |                     |   give up: → ended, latched,
//                    |                     |                     |     all calls end
//   reset_circuit()  | ended → idle        | the breaker closes and restarts are counted anew
//   close()          | → closed, all calls end
//
// The link to its current incarnation, made by launched():
//
//   event               | what follows
//   --------------------+--------------------------------------------------------------------
//   connected()         | the breaker counts for it from now on; a heartbeat is due at once
//   a heartbeat is due  | beat; beat_sent() says whether it left
//   no echo in time     | a miss: recorded, and counted by the breaker
//   echoed()            | the circuit closes, if that was the probe; of a stuck handler: a miss.
//                       |   The first one makes the link fit for calls, once ready() agrees
//   start_timeout, not  | stop without grace
//   ready; refuse()     |
//   lost(), exited(),   | LinkEnd's table. When it is abandoned, what was sent ends, as at its
//   stop(), output …    |   end, and what waits goes on waiting where a restart may come
//
// What waits for a restart may wait within its deadline. A service may stay away for ever, so calls
// to it that have none end, and are refused meanwhile.
//
// Pure: the caller holds a lock around every method but phase(), and acts on the Duty. Events of
// links but the current one must not come here.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/call_id.h"
#include "engine/call_ledger.h"
#include "engine/circuit_breaker.h"
#include "engine/heartbeat.h"
#include "engine/link_end.h"
#include "engine/metrics.h"
#include "engine/restart_policy.h"

namespace multifrost::engine {

class ParentEngine {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::nanoseconds;
  using Epoch = CircuitBreaker::Epoch;
  using Outcome = CircuitBreaker::Outcome;
  using Probe = CircuitBreaker::Probe;

  struct Options {
    bool starts_processes = true;  ///< false: the worker is a service, which comes and goes
    CircuitBreaker::Options circuit = {};
    Heartbeat::Options heartbeat = {};
    RestartPolicy::Options restart = {};
    Duration start_timeout = std::chrono::seconds(30);
    Duration kill_deadline = std::chrono::seconds(2);
  };
  explicit ParentEngine(const Options& options) noexcept
      : options_(options), breaker_(options.circuit), restarts_(options.restart) {}

  /// What must be done now, still under the lock, in this order.
  struct Duty {
    bool missed = false;     ///< record that a heartbeat was
    bool beat = false;       ///< send a heartbeat, then beat_sent()
    bool abandoned = false;  ///< record that the worker lives and cannot be reached
    enum class Signal : std::uint8_t { none, terminate, kill } signal = Signal::none;
    /// Which calls end: those that were sent on this link; also those without a deadline; all.
    enum class Calls : std::uint8_t { none, sent, sent_and_timeless, all } calls = Calls::none;
    Ending by = Ending::connection_lost;
    bool over = false;  ///< nothing happens on the link any more: let go of it
    /// restart: launch when restart_due(). give_up: it takes start() or reset_circuit() now.
    enum class Then : std::uint8_t { nothing, restart, give_up } then = Then::nothing;
  };

  // ---- the program

  /// True: launch, then launched() or launch_failed(). The link before must be over.
  bool start() noexcept;
  /// The link lives on until stop().
  Duty close() noexcept;
  void reset_circuit() noexcept;

  // ---- launching

  /// When to launch again; none: not by itself.
  std::optional<Time> restart_at() const noexcept { return restart_at_; }
  /// True, once: launch, then launched() or launch_failed().
  bool restart_due(Time now) noexcept;
  /// `has_process`: one of our own, which is ours to end, stands behind the link.
  void launched(bool has_process, Time now) noexcept;
  Duty launch_failed(Time now, std::uint64_t random) noexcept;

  // ---- the link; step() says what each of these leads to

  void connected(Epoch epoch, Time now) noexcept;
  enum class Echo : std::uint8_t {
    ignored,  ///< not the one that is waited for
    taken,
    first,  ///< judge the worker, then ready() or refuse()
  };
  Echo echoed(const CallId& id, Time now, std::optional<std::chrono::milliseconds> busy) noexcept;
  void ready(Time now) noexcept;
  void refuse(Time now) noexcept { stop(now, Duration(0)); }
  void lost(Time now) noexcept;
  void exited(Time now) noexcept { link_->end.exited(now); }
  void exit_follows(Time now) noexcept { link_->end.exit_follows(now); }
  void output_ended() noexcept { link_->end.output_ended(); }
  /// Its end is wanted, by itself within `grace`.
  void stop(Time now, Duration grace) noexcept;
  void beat_sent(const CallId& id, bool left, Time now) noexcept;

  /// `random`: uniform over all 64 bits.
  Duty step(Time now, std::uint64_t random) noexcept;
  /// When step() may have news by itself.
  Time next() const noexcept;

  // ---- calls

  /// Can calls be sent?
  bool usable() const noexcept { return usable_; }
  /// Is every call admitted? A few instructions.
  bool admits() const noexcept { return phase() == Phase::ready && breaker_.admits(); }
  enum class Refusal : std::uint8_t {
    none,
    not_started,
    closed,
    ended,
    away,          ///< and only calls with a deadline wait
    circuit_open,  ///< counted as refused
  };
  Refusal refusal(bool has_deadline, Time now) noexcept;
  void began() noexcept { metrics_.began(); }
  /// A call that begins although the circuit is open: which of the breaker's probes it is. Its end
  /// says so.
  Probe admit_probe(Time now) noexcept { return breaker_.admit_probe(now); }
  /// By an answer, to a call that was sent on `epoch`.
  void answered(Epoch epoch, Outcome outcome, Probe probe, Time begun, Time now) noexcept {
    metrics_.answered(outcome == Outcome::result, now - begun);
    judge(epoch, outcome, probe, now);
  }
  /// Without one; `sent`: on `epoch`.
  void unanswered(Epoch epoch, bool sent, Ending by, Probe probe, Time now) noexcept;

  // ---- to look at

  enum class Phase : std::uint8_t { idle, connecting, ready, restarting, ended, closed };
  /// Any thread may ask, without the lock.
  Phase phase() const noexcept { return phase_.load(std::memory_order_acquire); }
  /// A start or restart has been launched and neither become ready nor failed.
  bool attempting() const noexcept;
  bool was_ready() const noexcept { return link_ && link_->was_ready; }
  bool timed_out() const noexcept { return link_ && link_->timed_out; }
  bool stopped() const noexcept { return link_ && link_->end.is_stopped(); }
  bool abandoned() const noexcept { return link_ && link_->end.is_abandoned(); }
  int restarts() const noexcept { return restarts_.attempts(); }
  /// Of the link, also after its end.
  const Heartbeat* heartbeat() const noexcept { return link_ ? &link_->heartbeat : nullptr; }
  const CircuitBreaker& breaker() const noexcept { return breaker_; }
  Metrics metrics() const noexcept { return metrics_.snapshot(); }
  void reset_metrics() noexcept { metrics_.reset(); }

 private:
  struct Link {
    Heartbeat heartbeat;
    LinkEnd end;
    Time start_by;
    Epoch epoch = 0;
    bool connected = false;
    bool was_ready = false;
    bool timed_out = false;
    bool beats() const noexcept { return connected && !end.is_lost() && !end.is_stopped(); }
  };

  void to(Phase phase) noexcept { phase_.store(phase, std::memory_order_release); }
  void beat(Time now, Duty& duty) noexcept;
  void end(Time now, std::uint64_t random, Duty& duty) noexcept;
  void gone(Time now, std::uint64_t random, Duty& duty) noexcept;
  Duty::Calls what_ends() const noexcept;
  void judge(Epoch epoch, Outcome outcome, Probe probe, Time now) noexcept {
    count(probe != 0 ? breaker_.probe_ended(probe, epoch, outcome, now)
                     : breaker_.outcome(epoch, outcome, now));
  }
  void count(bool tripped) noexcept {
    if (tripped) metrics_.tripped();
  }

  Options options_;
  std::atomic<Phase> phase_{Phase::idle};
  bool usable_ = false;
  std::optional<Link> link_;
  std::optional<Time> restart_at_;  ///< in Phase::restarting, between two attempts
  CircuitBreaker breaker_;
  RestartPolicy restarts_;
  CallMetrics metrics_;
};

}  // namespace multifrost::engine
