// A parent put together from the real engine (ledger, breaker, heartbeat, restart policy, metrics,
// call ids) by a thin layer that does what the session does (src/session/parent_*.cc), without its
// threads. What truly happens it also tells the judge.
//
//   idle       | start()                          → connecting
//   connecting | heartbeat echoed                 → ready; the worker ends → as below
//   ready      | worker or connection ends        → restarting | ended (R5)
//   restarting | the policy's time                → connecting
//   ended      | start()                          → connecting
//   any        | close()                          → closed
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "connection.h"
#include "engine/call_id.h"
#include "engine/call_ledger.h"
#include "engine/circuit_breaker.h"
#include "engine/heartbeat.h"
#include "engine/metrics.h"
#include "engine/restart_policy.h"
#include "judge.h"

namespace multifrost::simulation {

class Parent;

/// The other end: a process of the parent's own, or a service.
class Launcher {
 public:
  virtual ~Launcher() = default;
  /// connected() or worker_exited() follows, later.
  virtual void launch(Parent& parent) = 0;
  virtual void kill() = 0;
  /// Ours to end; its exit is reported.
  virtual bool owned() const = 0;
};

/// Mistakes that a session could make; each must be found.
enum class Bug : std::uint8_t {
  none,
  ends_twice,           ///< a duplicate answer ends its call again
  answers_to_the_id,    ///< the worker's, see Worker::Bugs
  old_epoch_counts,     ///< the breaker hears outcomes of any connection as the current one's
  forgets_sent_calls,   ///< the loss of a connection ends only what was queued
  sends_again,          ///< sent calls of a lost connection go out once more
  claims_not_executed,  ///< whatever a lost connection had not answered
  overtakes,            ///< a call that finds no room is put before the others
  restarts_for_ever,    ///< readiness alone starts the count anew
  forgets_deadlines,    ///< in the metrics
  never_probes,
  sleeps_too_long,  ///< wakes for everything but deadlines
};

class Parent final : public ParentEnd {
 public:
  struct Options {
    int number = 0;
    bool auto_restart = false;
    int max_restarts = 5;
    Bug bug = Bug::none;
    engine::CallIdGenerator::Seed id_seed{};
  };
  Parent(Schedule& schedule, Judge& judge, Launcher& launcher, const Options& options);

  // ---- the program
  void start();
  void close();
  void reset_circuit();
  /// `then` when it has ended, or at once when it is refused.
  void call(int thread, std::optional<Duration> timeout, bool gets_cancelled,
            std::function<void(bool success)> then);
  bool ready() const { return phase_ == Phase::ready; }
  bool admits() const { return breaker_.admits(); }
  Metrics metrics() const { return metrics_.snapshot(); }
  std::uint64_t late_answers() const { return ledger_.late(); }

  // ---- the launcher
  void connected(std::shared_ptr<Connection> connection);
  void worker_exited();

  void received(Connection& from, const Message& message) override;
  void room(Connection& on) override;
  void lost(Connection& what, std::uint64_t written) override;

 private:
  enum class Phase : std::uint8_t { idle, connecting, ready, restarting, ended, closed };
  struct Call : engine::CallLedger::Entry {
    Message message;
    Time began{};
    Time deadline = Time::max();
    std::function<void(bool)> then;
  };
  struct Link {
    explicit Link(std::shared_ptr<Connection> given)
        : connection(std::move(given)), heartbeat({}) {}
    std::shared_ptr<Connection> connection;
    engine::Heartbeat heartbeat;
    bool ready = false;
    bool blocked = false;
    bool lost = false;
    std::uint64_t written = 0;
  };

  void launch(bool by_user);
  void worker_gone(engine::Ending by);
  void send(Call& call);
  void flush();
  void answered(Connection& from, const Message& message);
  void echoed(Connection& from, const Message& message);
  void end(Call& call, engine::Ending by);
  void finish(Call& call, const Ended& how, engine::CircuitBreaker::Outcome outcome);
  void end_sent(engine::Ending by);
  void end_all(engine::Ending by);
  void on_time();
  void beat();
  void plan();
  void check() { judge_.compare(options_.number, breaker_); }
  bool has(Bug bug) const { return options_.bug == bug; }

  Schedule& schedule_;
  Judge& judge_;
  Launcher& launcher_;
  const Options options_;
  Phase phase_ = Phase::idle;
  std::optional<Link> link_;
  std::deque<Call*> queued_;
  std::set<std::pair<Time, Call*>> deadlines_;
  std::optional<Time> restart_at_;
  std::optional<Time> kill_at_;
  std::optional<Time> drained_at_;  ///< the worker has exited; its last answers may come until then
  Time wakes_at_ = Time::max();

  engine::CallIdGenerator ids_;
  engine::CallIdGenerator beat_ids_;
  engine::CallLedger ledger_;
  engine::CircuitBreaker breaker_;
  engine::RestartPolicy restarts_;
  engine::CallMetrics metrics_;
  std::deque<Call> calls_;  ///< all that ever were
};

}  // namespace multifrost::simulation
