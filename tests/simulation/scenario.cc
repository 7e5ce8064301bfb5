#include "scenario.h"

namespace multifrost::simulation {
namespace {

constexpr Duration kTrouble = 60s;
constexpr Duration kRecovery = 50s;

}  // namespace

/// A parent's own child process: each launch is a new incarnation (spec 5.1).
class Scenario::Process final : public Launcher {
 public:
  Process(Scenario& scenario, const Worker::Bugs& bugs) : scenario_(scenario), bugs_(bugs) {}

  void launch(Parent& parent) override {
    Schedule& schedule = scenario_.schedule_;
    const bool standby = schedule.chance(70);
    workers_.push_back(std::make_unique<Worker>(schedule, scenario_.judge_, standby, bugs_));
    parent_ = &parent;
    if (healed_) worker()->heal();
    parent.launched();
    const std::size_t number = workers_.size();
    const bool fails = !healed_ && (schedule.now() < fragile_until_ || schedule.chance(5));
    schedule.in(schedule.between(5ms, 200ms), [this, number, fails] {
      if (number != workers_.size() || !worker()->alive()) return;
      if (fails) return crash();
      connection_ = std::make_shared<Connection>(scenario_.schedule_, *parent_, *worker(),
                                                 scenario_.next_epoch());
      worker()->accept(connection_);
      parent_->connected(connection_);
    });
  }
  void shut_down() override {
    worker()->stop([this, worker = worker()] {
      if (worker == this->worker()) crash();
    });
  }
  void terminate() override {
    if (!worker()->frozen()) crash();
  }
  void kill() override { crash(); }
  bool runs() const override { return !workers_.empty() && workers_.back()->alive(); }
  bool owned() const override { return true; }

  Worker* worker() { return workers_.empty() ? nullptr : workers_.back().get(); }
  void crash() {
    if (worker() == nullptr || !worker()->alive()) return;
    worker()->crash();
    const std::size_t number = workers_.size();
    scenario_.schedule_.in(scenario_.schedule_.between(0ms, 20ms), [this, number] {
      if (number == workers_.size()) parent_->worker_exited();
    });
  }
  void be_fragile(Duration time) { fragile_until_ = scenario_.schedule_.now() + time; }
  /// An answer of the last incarnation's once more, over this one's connection.
  void replay(const Message& answer) {
    if (connection_) connection_->answer(answer);
  }
  void heal() {
    healed_ = true;
    if (worker() != nullptr && worker()->alive()) worker()->heal();
  }

 private:
  Scenario& scenario_;
  const Worker::Bugs bugs_;
  Parent* parent_ = nullptr;
  bool healed_ = false;
  Time fragile_until_{};
  std::vector<std::unique_ptr<Worker>> workers_;
  std::shared_ptr<Connection> connection_;
};

/// A service with several parents, which something else starts again when it ends (spec 5.2).
class Scenario::Service final : public Launcher {
 public:
  Service(Scenario& scenario, const Worker::Bugs& bugs) : scenario_(scenario), bugs_(bugs) {
    run();
  }

  void launch(Parent& parent) override {
    scenario_.schedule_.in(100ms, [this, &parent] {  // spec 5.2: discovery
      if (!worker()->alive()) return parent.launch_failed();
      parent.launched();
      const auto connection = std::make_shared<Connection>(scenario_.schedule_, parent, *worker(),
                                                           scenario_.next_epoch());
      worker()->accept(connection);
      parent.connected(connection);
    });
  }
  void shut_down() override {}
  void terminate() override {}
  void kill() override {}
  bool runs() const override { return false; }
  bool owned() const override { return false; }

  Worker* worker() { return workers_.back().get(); }
  void crash() {
    if (!worker()->alive()) return;
    worker()->crash();
    scenario_.schedule_.in(scenario_.schedule_.between(50ms, 3s), [this] { run(); });
  }
  void heal() {
    healed_ = true;
    if (worker()->alive()) worker()->heal();
  }

 private:
  void run() {
    workers_.push_back(
        std::make_unique<Worker>(scenario_.schedule_, scenario_.judge_, true, bugs_));
    if (healed_) worker()->heal();
  }
  Scenario& scenario_;
  const Worker::Bugs bugs_;
  bool healed_ = false;
  std::vector<std::unique_ptr<Worker>> workers_;
};

Scenario::Scenario(std::uint64_t seed, Bug bug) : schedule_(seed), judge_(schedule_) {
  const Worker::Bugs bugs{.answers_to_the_id = bug == Bug::answers_to_the_id};
  service_ = std::make_unique<Service>(*this, bugs);
  const int parents = 4 + static_cast<int>(schedule_.below(2));
  for (int number = 0; number < parents; ++number) {
    Parent::Options options{.number = number, .bug = bug};
    options.probe_by_call = (seed + static_cast<std::uint64_t>(number)) % 3 == 0;
    // Parents of the service give the same ids: only the connection tells their calls apart (R3).
    options.id_seed = {seed, 2, 3, 4};
    if (number >= 2) {
      parents_.push_back(std::make_unique<Parent>(schedule_, judge_, *service_, options));
      continue;
    }
    options.auto_restart = number == 0 || schedule_.chance(50);
    options.max_restarts = static_cast<int>(schedule_.below(5));
    processes_.push_back(std::make_unique<Process>(*this, bugs));
    parents_.push_back(std::make_unique<Parent>(schedule_, judge_, *processes_.back(), options));
  }
}

Scenario::~Scenario() = default;

Report Scenario::run() {
  for (const auto& parent : parents_) {
    parent->start();
    for (int thread = 0; thread < 3; ++thread) run_thread(*parent, thread, thread == 0);
  }
  for (int i = 0; i < kFaults; ++i) {
    schedule_.in(schedule_.between(1s, kTrouble), [this] { fault(); });
  }
  schedule_.run_until(Time{} + kTrouble);
  heal();
  schedule_.run_until(Time{} + kTrouble + kRecovery);

  std::vector<bool> well(parents_.size(), false);
  for (std::size_t i = 0; i < parents_.size(); ++i) {
    if (!parents_[i]->ready()) continue;
    parents_[i]->call(0, 5s, false, [&well, i](bool success) { well[i] = success; });
  }
  schedule_.run_until(schedule_.now() + 6s);
  for (std::size_t i = 0; i < parents_.size(); ++i) {
    judge_.recovered(static_cast<int>(i), well[i] && parents_[i]->admits());
    parents_[i]->close();
  }
  schedule_.run_until(schedule_.now() + 6s);
  judge_.all_ended();
  Report report{.violations = {}, .faults = faults_, .calls = judge_.calls()};
  for (std::size_t i = 0; i < parents_.size(); ++i) {
    judge_.metrics(static_cast<int>(i), parents_[i]->metrics());
    report.late_answers += parents_[i]->late_answers();
  }
  report.violations = judge_.violations();
  report.events = schedule_.events();
  return report;
}

// ---- the program's threads

/// Makes calls one after another; `waits`: each after the one before has ended.
void Scenario::run_thread(Parent& parent, int thread, bool waits) {
  if (!calling_) return;
  const auto again = [this, &parent, thread, waits] { run_thread(parent, thread, waits); };
  const Duration pause = schedule_.between(50ms, 3s);
  // Now and then many at once: more than the connection takes.
  const int calls = waits || !schedule_.chance(4) ? 1 : 30;
  for (int i = 0; i < calls; ++i) {
    std::optional<Duration> timeout;
    if (!schedule_.chance(20)) timeout = schedule_.between(20ms, 4s);
    parent.call(thread, timeout, schedule_.chance(4), [this, waits, pause, again](bool) {
      if (waits) schedule_.in(pause, again);
    });
  }
  if (!waits) schedule_.in(pause, again);
}

// ---- faults

void Scenario::fault() {
  ++faults_;
  const std::size_t which = schedule_.below(parents_.size());
  Parent& parent = *parents_[which];
  if (schedule_.chance(50)) parent.start();  // somebody looks after what has ended for good
  Process* const process = which < processes_.size() ? processes_[which].get() : nullptr;
  Worker* const worker = process != nullptr ? process->worker() : service_->worker();
  const auto restart = [&] {
    judge_.saw("fault: restart");
    parent.close();
    schedule_.in(schedule_.between(1ms, 500ms), [&parent] { parent.start(); });
    if (schedule_.chance(30)) parent.reset_circuit();
  };
  if (!worker->alive()) return restart();  // nothing else would harm it
  const auto crash = [this, process, worker] {
    judge_.saw("fault: crash");
    if (process != nullptr && process->worker() == worker) process->crash();
    if (process == nullptr && service_->worker() == worker) service_->crash();
  };
  const Duration time = schedule_.between(100ms, 4s);
  const auto for_a_time = [&](auto what) {
    what(worker, true);
    schedule_.in(time, [what, worker] { what(worker, false); });
  };
  std::vector<std::shared_ptr<Connection>> whole = worker->connections();
  std::erase_if(whole, [](const auto& one) { return one->broken(); });
  const auto connection = whole.empty() ? nullptr : whole[schedule_.below(whole.size())];
  switch (schedule_.below(13)) {
    case 0:
      if (!connection) return crash();
      judge_.saw("fault: delay");
      connection->set_latency(schedule_.between(1ms, 900ms));
      schedule_.in(time, [connection] { connection->set_latency(50us); });
      break;
    case 1:
    case 2:
      if (!connection) return crash();
      judge_.saw("fault: loss");
      connection->lose();
      break;
    case 3:
      crash();
      break;
    case 4:
      if (process != nullptr) process->be_fragile(time);
      crash();
      break;
    case 5:
      judge_.saw("fault: freeze");
      worker->freeze(true);
      schedule_.in(schedule_.between(500ms, 30s), [worker] { worker->freeze(false); });
      break;
    case 6:
      judge_.saw("fault: slow handler");
      for_a_time([](Worker* to, bool on) { to->slow_handlers(on); });
      break;
    case 7:
      judge_.saw("fault: slow reader");
      for_a_time([](Worker* to, bool on) { to->slow_reader(on); });
      break;
    case 8: {
      if (!connection || !connection->last_answer()) return crash();
      const Message answer = *connection->last_answer();
      judge_.saw("fault: duplicate");
      connection->answer(answer);
      if (process != nullptr) {
        crash();
        schedule_.in(1s, [process, answer] { process->replay(answer); });
      }
      break;
    }
    case 9:
      for_a_time([](Worker* to, bool on) { to->fail_calls(on); });
      break;
    case 10:
    case 11:
      judge_.saw("fault: stop");
      worker->stop(crash);
      break;
    default:
      restart();
      break;
  }
}

void Scenario::heal() {
  calling_ = false;
  for (const auto& process : processes_) process->heal();
  service_->heal();
  for (const Duration after : {Duration(1s), Duration(20s)}) {
    schedule_.in(after, [this] {
      for (const auto& parent : parents_) parent->start();
    });
  }
}

}  // namespace multifrost::simulation
