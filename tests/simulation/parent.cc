#include "parent.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace multifrost::simulation {

using engine::CircuitBreaker;
using engine::Ending;
using engine::Verdict;
using Outcome = CircuitBreaker::Outcome;

namespace {

engine::ParentEngine::Options engine_options(const Parent::Options& options, bool owned) {
  engine::ParentEngine::Options engine;
  engine.starts_processes = owned;
  engine.circuit.threshold = CircuitBreaker::default_threshold(options.max_restarts);
  engine.circuit.probe_by_call = options.probe_by_call;
  engine.circuit.probe_patience = Judge::kProbePatience;
  engine.restart.auto_restart = options.auto_restart || !owned;
  engine.restart.max_attempts = owned ? options.max_restarts : std::numeric_limits<int>::max();
  if (options.bug == Bug::restarts_for_ever) engine.restart.stable_after = 0s;
  engine.start_timeout = 5s;
  return engine;
}

}  // namespace

Parent::Parent(Schedule& schedule, Judge& judge, Launcher& launcher, const Options& options)
    : schedule_(schedule),
      judge_(judge),
      launcher_(launcher),
      options_(options),
      ids_(options.id_seed),
      beat_ids_({1, 2, 3, options.id_seed[3]}),
      engine_(engine_options(options, launcher.owned())) {
  judge_.threshold(options_.number, CircuitBreaker::default_threshold(options.max_restarts));
  if (options.probe_by_call) judge_.probes_by_call(options_.number);
  judge_.restart_limit(options_.number, options.auto_restart ? options.max_restarts : 0);
}

// ---- the program

void Parent::start() {
  if (launching_ || engine_.attempting()) return;
  if (engine_.phase() == Phase::closed && link_ && !link_->settled) {
    starts_again_ = true;
    return;
  }
  if (!engine_.start()) return;
  judge_.reset(options_.number);
  check();
  launch(true);
}

void Parent::launch(bool by_user) {
  link_.reset();
  launching_ = true;
  if (launcher_.owned()) judge_.launched(options_.number, by_user);
  launcher_.launch(*this);
}

void Parent::close() {
  if (engine_.phase() == Phase::closed) return;
  const bool usable = engine_.usable();
  const Duty duty = engine_.close();
  end_calls(duty.calls, duty.by);
  if (!link_ || link_->settled) return;
  if (usable) launcher_.shut_down();
  engine_.stop(schedule_.now(), usable ? 2s : 0s);
  supervise();
  plan();
}

void Parent::reset_circuit() {
  engine_.reset_circuit();
  judge_.reset(options_.number);
  check();
}

void Parent::call(int thread, std::optional<Duration> timeout, bool gets_cancelled,
                  std::function<void(bool)> then) {
  using Refusal = engine::ParentEngine::Refusal;
  const auto refusal = engine_.refusal(timeout.has_value(), schedule_.now());
  if (refusal == Refusal::circuit_open) judge_.refused(options_.number);
  const bool crowds = refusal == Refusal::circuit_open && has(Bug::probes_in_crowds) &&
                      engine_.breaker().state() == CircuitBreaker::State::half_open;
  if (refusal != Refusal::none && !crowds) return then(false);
  Call& call = calls_.emplace_back();
  call.id = ids_.next();
  call.began = schedule_.now();
  if (timeout) call.deadline = schedule_.now() + *timeout;
  deadlines_.insert(call);
  call.message.id = call.id;
  call.message.token = judge_.began(options_.number, thread, call.deadline);
  call.message.time_left = timeout;
  call.then = std::move(then);
  engine_.began();
  if (!engine_.breaker().admits()) call.probe = engine_.admit_probe(schedule_.now());
  check();
  ledger_.open(call);
  if (gets_cancelled) {
    schedule_.in(schedule_.between(0ms, 100ms), [this, &call] { end(call, Ending::cancel); });
  }
  send(call);
  plan();
}

// ---- calls

void Parent::send(Call& call) {
  if (engine_.usable() && !link_->blocked && queued_.empty()) {
    queued_.push_back(&call);
    return flush();
  }
  if (has(Bug::overtakes)) {
    queued_.push_front(&call);
  } else {
    queued_.push_back(&call);
  }
}

void Parent::flush() {
  Link& link = *link_;
  link.blocked = false;
  while (engine_.usable() && !queued_.empty()) {
    Call& call = *queued_.front();
    ledger_.sent(call, link.connection->epoch());
    std::uint64_t number = 0;
    const Sent sent = link.connection->try_send(call.message, number);
    if (sent != Sent::taken) {
      ledger_.unsent(call);
      link.blocked = sent == Sent::full;
      return;
    }
    call.number.store(number, std::memory_order_release);
    queued_.pop_front();
  }
}

void Parent::end(Call& call, Ending by) {
  const bool sent = ledger_.is_sent(call);
  Verdict verdict{};
  if (!ledger_.end(call, by, verdict, link_ ? link_->written : 0)) return;
  if (has(Bug::claims_not_executed) && by == Ending::connection_lost) {
    verdict = Verdict::not_executed;
  }
  std::erase(queued_, &call);
  Ended how{.was_sent = sent, .connection = call.epoch, .verdict = verdict};
  how.how = by == Ending::deadline                        ? Ended::How::deadline
            : by == Ending::cancel || by == Ending::close ? Ended::How::cancelled
                                                          : Ended::How::lost;
  finish(call, how, [this, sent, by, probe = probe_of(call)](std::uint64_t epoch) {
    if (has(Bug::forgets_deadlines) && by == Ending::deadline) return;
    engine_.unanswered(epoch, sent, by, probe, schedule_.now());
  });
}

void Parent::answered(Connection& from, const Message& message) {
  auto* const entry = ledger_.find(message.id, from.epoch());
  if (entry == nullptr) {
    if (!has(Bug::ends_twice)) return;
    const auto same = std::find_if(calls_.begin(), calls_.end(), [&](const Call& call) {
      return call.id == message.id && !ledger_.is_open(call);
    });
    if (same != calls_.end()) judge_.ended(same->message.token, {});
    return;
  }
  Call& call = static_cast<Call&>(*entry);
  Verdict verdict{};
  ledger_.end(call, Ending::answer, verdict);
  if (message.answer == Answer::not_run) verdict = Verdict::not_executed;
  static constexpr Outcome kOutcomes[] = {Outcome::result, Outcome::declared_error,
                                          Outcome::remote_error, Outcome::remote_error};
  finish(call,
         {.how = Ended::How::answered,
          .answer = message.answer,
          .answered_token = message.token,
          .was_sent = true,
          .connection = call.epoch,
          .verdict = verdict},
         [this, began = call.began, probe = probe_of(call),
          outcome = kOutcomes[static_cast<int>(message.answer)]](std::uint64_t epoch) {
           engine_.answered(epoch, outcome, probe, began, schedule_.now());
         });
}

void Parent::finish(Call& call, const Ended& how, std::function<void(std::uint64_t)> count) {
  deadlines_.remove(call);
  judge_.ended(call.message.token, how);
  // Sometimes late, after a new connection: only the epoch tells that it is of the old one.
  const Duration late = schedule_.chance(5) ? schedule_.between(0ms, 2s) : 0ns;
  const auto counted = [this, token = call.message.token, epoch = call.epoch,
                        count = std::move(count)] {
    const bool wrong = has(Bug::old_epoch_counts) && link_ && link_->connection;
    count(wrong ? link_->connection->epoch() : epoch);
    judge_.counted(token);
    check();
    plan();
  };
  if (late > 0ns) {
    schedule_.in(late, counted);
  } else {
    counted();
  }
  const bool success = how.how == Ended::How::answered && how.answer == Answer::result;
  // As the executor would: not while the session is at work.
  schedule_.in(0ns, [then = std::move(call.then), success] { then(success); });
}

void Parent::end_sent(Ending by) {
  if (has(Bug::forgets_sent_calls) || !link_ || !link_->connection) return;
  while (auto* const entry = ledger_.any_sent_on(link_->connection->epoch())) {
    Call& call = static_cast<Call&>(*entry);
    if (has(Bug::sends_again)) {
      ledger_.unsent(call);
      queued_.push_front(&call);
    } else {
      end(call, by);
    }
  }
}

void Parent::end_calls(Duty::Calls which, Ending by) {
  if (which == Duty::Calls::none) return;
  end_sent(by);
  if (which == Duty::Calls::sent) return;
  const std::vector<Call*> waiting(queued_.begin(), queued_.end());
  for (Call* const call : waiting) {
    if (which == Duty::Calls::all || call->deadline == Time::max()) end(*call, by);
  }
}

// ---- the worker

void Parent::launched() {
  launching_ = false;
  link_.emplace();
  engine_.launched(launcher_.owned(), schedule_.now());
  if (engine_.phase() == Phase::closed) engine_.stop(schedule_.now(), 0s);
  plan();
}

void Parent::launch_failed() {
  launching_ = false;
  const Duty duty = engine_.launch_failed(schedule_.now(), schedule_.random());
  if (duty.then == Duty::Then::give_up) judge_.latched(options_.number);
  end_calls(duty.calls, duty.by);
  check();
  plan();
}

void Parent::connected(std::shared_ptr<Connection> connection) {
  if (!link_ || link_->settled) return connection->lose();
  link_->connection = std::move(connection);
  engine_.connected(link_->connection->epoch(), schedule_.now());
  judge_.connected(options_.number, link_->connection->epoch());
  check();
  supervise();
  plan();
}

void Parent::received(Connection& from, const Message& message) {
  if (!link_ || link_->settled || link_->connection.get() != &from) return;
  if (message.kind == Message::Kind::answer) {
    answered(from, message);
  } else {
    echoed(from, message);
  }
  plan();
}

void Parent::echoed(Connection& from, const Message& message) {
  using Echo = engine::ParentEngine::Echo;
  const Echo echo = engine_.echoed(message.id, schedule_.now(), std::nullopt);
  if (echo == Echo::ignored) return;
  judge_.beat_echoed(options_.number, from.epoch());
  check();
  if (echo == Echo::first) {
    engine_.ready(schedule_.now());
    judge_.ready(options_.number);
    flush();
  }
  supervise();
}

void Parent::room(Connection& on) {
  if (link_ && link_->connection.get() == &on && engine_.usable()) flush();
}

void Parent::lost(Connection& what, std::uint64_t written) {
  if (!link_ || link_->settled || link_->connection.get() != &what) return;
  link_->written = written;
  engine_.lost(schedule_.now());
  supervise();
  plan();
}

void Parent::worker_exited() {
  if (!link_ || link_->settled) return;
  engine_.exited(schedule_.now());
  if (!link_->connection) engine_.output_ended();
  supervise();
  plan();
}

void Parent::supervise() {
  if (link_ && !link_->settled) obey(engine_.step(schedule_.now(), schedule_.random()));
}

void Parent::obey(const Duty& duty) {
  using Signal = Duty::Signal;
  const Time now = schedule_.now();
  if (duty.then == Duty::Then::give_up) judge_.latched(options_.number);
  if (duty.missed) {
    judge_.beat_missed(options_.number, link_->connection->epoch(),
                       engine_.heartbeat()->exhausted());
  }
  check();
  if (duty.beat) beat(now);
  if (duty.signal != Signal::none && has(Bug::never_kills)) {
    // it goes on running
  } else if (duty.signal == Signal::terminate) {
    judge_.saw("terminated");
    launcher_.terminate();
  } else if (duty.signal == Signal::kill) {
    judge_.saw("killed");
    launcher_.kill();
  }
  end_calls(duty.calls, duty.by);
  if (!duty.over) return;
  link_->settled = true;
  if (link_->connection) link_->connection->lose();
  judge_.worker_ended(options_.number);
  judge_.let_go(options_.number, launcher_.runs());
  if (engine_.phase() == Phase::closed && std::exchange(starts_again_, false)) {
    schedule_.in(0ns, [this] { start(); });
  }
}

// ---- time

void Parent::on_time() {
  const Time now = schedule_.now();
  while (deadlines_.next() <= now) end(static_cast<Call&>(deadlines_.first()), Ending::deadline);
  supervise();
  if (engine_.restart_due(now)) launch(false);
  plan();
}

void Parent::beat(Time now) {
  const bool probes = !engine_.breaker().admits();
  const Message message{.kind = Message::Kind::heartbeat, .id = beat_ids_.next()};
  if (has(Bug::never_probes) && probes) return engine_.beat_sent(message.id, false, now);
  std::uint64_t number = 0;
  const bool left = link_->connection->try_send(message, number) == Sent::taken;
  engine_.beat_sent(message.id, left, now);
  if (left) judge_.probe_sent(options_.number);
  check();
}

/// The next time at which there may be something to do.
void Parent::plan() {
  Time next = has(Bug::sleeps_too_long) ? Time::max() : deadlines_.next();
  next = std::min(next, engine_.restart_at().value_or(Time::max()));
  next = std::min(next, engine_.next());
  if (next >= wakes_at_) return;
  wakes_at_ = next;
  schedule_.at(next, [this, next] {
    if (wakes_at_ != next) return;  // an earlier one has come instead
    wakes_at_ = Time::max();
    on_time();
  });
}

}  // namespace multifrost::simulation
