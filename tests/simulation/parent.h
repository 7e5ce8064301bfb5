// A parent put together from the engine that ships (ParentEngine's decisions, ledger, deadlines,
// call ids) by a thin layer that carries out what it says, as the session does, without its
// threads. What truly happens it also tells the judge.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "connection.h"
#include "engine/call_id.h"
#include "engine/call_ledger.h"
#include "engine/deadline_queue.h"
#include "engine/parent_engine.h"
#include "judge.h"

namespace multifrost::simulation {

class Parent;

/// The other end: a process of the parent's own, or a service.
class Launcher {
 public:
  virtual ~Launcher() = default;
  /// launched() or launch_failed() follows, at once or later, then connected() or worker_exited().
  virtual void launch(Parent& parent) = 0;
  virtual void shut_down() = 0;
  virtual void terminate() = 0;
  virtual void kill() = 0;
  /// A process of ours that is alive.
  virtual bool runs() const = 0;
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
  forgets_probes,    ///< the end of a call that was the probe is told as any other's
  probes_in_crowds,  ///< while one call probes the open circuit, others pass, too
  never_kills,
  sleeps_too_long,  ///< wakes for everything but deadlines
};

class Parent final : public ParentEnd {
 public:
  struct Options {
    int number = 0;
    bool auto_restart = false;
    int max_restarts = 5;
    bool probe_by_call = false;
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
  bool ready() const { return engine_.phase() == Phase::ready; }
  bool admits() const { return engine_.admits(); }
  Metrics metrics() const { return engine_.metrics(); }
  std::uint64_t late_answers() const { return ledger_.late(); }

  // ---- the launcher
  void launched();
  void launch_failed();
  void connected(std::shared_ptr<Connection> connection);
  void worker_exited();

  void received(Connection& from, const Message& message) override;
  void room(Connection& on) override;
  void lost(Connection& what, std::uint64_t written) override;

 private:
  using Phase = engine::ParentEngine::Phase;
  using Duty = engine::ParentEngine::Duty;
  struct Call : engine::CallLedger::Entry, engine::DeadlineQueue::Entry {
    Message message;
    Time began{};
    engine::ParentEngine::Probe probe = 0;
    std::function<void(bool)> then;
  };
  struct Link {
    std::shared_ptr<Connection> connection;
    bool blocked = false;
    bool settled = false;
    std::uint64_t written = 0;
  };

  void launch(bool by_user);
  void supervise();
  void obey(const Duty& duty);
  void send(Call& call);
  void flush();
  void answered(Connection& from, const Message& message);
  void echoed(Connection& from, const Message& message);
  void end(Call& call, engine::Ending by);
  void finish(Call& call, const Ended& how, std::function<void(std::uint64_t epoch)> count);
  void end_sent(engine::Ending by);
  void end_calls(Duty::Calls which, engine::Ending by);
  void on_time();
  void beat(Time now);
  void plan();
  void check() { judge_.compare(options_.number, engine_.breaker()); }
  engine::ParentEngine::Probe probe_of(const Call& call) const {
    return has(Bug::forgets_probes) ? 0 : call.probe;
  }
  bool has(Bug bug) const { return options_.bug == bug; }

  Schedule& schedule_;
  Judge& judge_;
  Launcher& launcher_;
  const Options options_;
  std::optional<Link> link_;
  bool launching_ = false;
  bool starts_again_ = false;  ///< start() came while the one before was being stopped
  std::deque<Call*> queued_;
  engine::DeadlineQueue deadlines_;
  Time wakes_at_ = Time::max();

  engine::CallIdGenerator ids_;
  engine::CallIdGenerator beat_ids_;
  engine::CallLedger ledger_;
  engine::ParentEngine engine_;
  std::deque<Call> calls_;  ///< all that ever were
};

}  // namespace multifrost::simulation
