#include "parent.h"

#include <algorithm>

namespace multifrost::simulation {

using engine::CircuitBreaker;
using engine::Ending;
using engine::Verdict;
using Outcome = CircuitBreaker::Outcome;

Parent::Parent(Schedule& schedule, Judge& judge, Launcher& launcher, const Options& options)
    : schedule_(schedule),
      judge_(judge),
      launcher_(launcher),
      options_(options),
      ids_(options.id_seed),
      beat_ids_({1, 2, 3, options.id_seed[3]}),
      breaker_({.threshold = CircuitBreaker::default_threshold(options.max_restarts)}),
      restarts_({.auto_restart = options.auto_restart, .max_attempts = options.max_restarts}) {
  judge_.threshold(options_.number, CircuitBreaker::default_threshold(options.max_restarts));
  judge_.restart_limit(options_.number, options.auto_restart ? options.max_restarts : 0);
}

// ---- the program

void Parent::start() {
  if (phase_ == Phase::connecting || phase_ == Phase::ready || phase_ == Phase::restarting) return;
  breaker_.reset();
  judge_.reset(options_.number);
  restarts_.reset();
  check();
  launch(true);
}

void Parent::launch(bool by_user) {
  phase_ = Phase::connecting;
  restart_at_.reset();
  link_.reset();
  if (launcher_.owned()) judge_.launched(options_.number, by_user);
  launcher_.launch(*this);
}

void Parent::close() {
  if (phase_ == Phase::closed || phase_ == Phase::idle) return;
  const bool running = phase_ != Phase::ended && phase_ != Phase::restarting;
  phase_ = Phase::closed;
  restart_at_.reset();
  kill_at_.reset();
  drained_at_.reset();
  end_all(Ending::close);
  if (launcher_.owned()) {
    if (running) launcher_.kill();
    restarts_.exited(schedule_.now(), true, 0);
    judge_.worker_ended(options_.number);
  } else if (link_) {
    link_->connection->lose();
  }
  link_.reset();
}

void Parent::reset_circuit() {
  breaker_.reset();
  judge_.reset(options_.number);
  check();
}

void Parent::call(int thread, std::optional<Duration> timeout, bool gets_cancelled,
                  std::function<void(bool)> then) {
  if (!breaker_.admits()) {
    metrics_.refused();
    judge_.refused(options_.number);
    return then(false);
  }
  if (phase_ == Phase::idle || phase_ == Phase::ended || phase_ == Phase::closed) {
    return then(false);
  }
  Call& call = calls_.emplace_back();
  call.id = ids_.next();
  call.began = schedule_.now();
  if (timeout) {
    call.deadline = schedule_.now() + *timeout;
    deadlines_.emplace(call.deadline, &call);
  }
  call.message.id = call.id;
  call.message.token = judge_.began(options_.number, thread, call.deadline);
  call.message.time_left = timeout;
  call.then = std::move(then);
  metrics_.began();
  ledger_.open(call);
  if (gets_cancelled) {
    schedule_.in(schedule_.between(0ms, 100ms), [this, &call] { end(call, Ending::cancel); });
  }
  send(call);
  plan();
}

// ---- calls

void Parent::send(Call& call) {
  if (link_ && link_->ready && !link_->blocked && queued_.empty()) {
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
  while (link.ready && !queued_.empty()) {
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
  Outcome outcome = sent ? Outcome::lost : Outcome::unsent;
  how.how = Ended::How::lost;
  if (by == Ending::deadline) {
    how.how = Ended::How::deadline;
    if (sent) outcome = Outcome::deadline;
  } else if (by == Ending::cancel || by == Ending::close) {
    how.how = Ended::How::cancelled;
    outcome = Outcome::cancelled;
  }
  if (!has(Bug::forgets_deadlines) || by != Ending::deadline) metrics_.failed();
  finish(call, how, outcome);
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
  metrics_.answered(message.answer == Answer::result, schedule_.now() - call.began);
  static constexpr Outcome kOutcomes[] = {Outcome::result, Outcome::declared_error,
                                          Outcome::remote_error, Outcome::remote_error};
  finish(call,
         {.how = Ended::How::answered,
          .answer = message.answer,
          .answered_token = message.token,
          .was_sent = true,
          .connection = call.epoch,
          .verdict = verdict},
         kOutcomes[static_cast<int>(message.answer)]);
}

void Parent::finish(Call& call, const Ended& how, Outcome outcome) {
  if (call.deadline != Time::max()) deadlines_.erase({call.deadline, &call});
  judge_.ended(call.message.token, how);
  // The thread that made the call tells the breaker; it may come late, after a new connection.
  const Duration late = schedule_.chance(5) ? schedule_.between(0ms, 2s) : 0ns;
  const auto count = [this, token = call.message.token, epoch = call.epoch, outcome] {
    const bool wrong = has(Bug::old_epoch_counts) && link_;
    const std::uint64_t counted = wrong ? link_->connection->epoch() : epoch;
    if (breaker_.outcome(counted, outcome, schedule_.now())) metrics_.tripped();
    judge_.counted(token);
    check();
    plan();
  };
  if (late > 0ns) {
    schedule_.in(late, count);
  } else {
    count();
  }
  const bool success = how.how == Ended::How::answered && how.answer == Answer::result;
  // As the executor would: not while the session is at work.
  schedule_.in(0ns, [then = std::move(call.then), success] { then(success); });
}

void Parent::end_sent(Ending by) {
  if (has(Bug::forgets_sent_calls) || !link_) return;
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

void Parent::end_all(Ending by) {
  end_sent(by);
  while (!queued_.empty()) end(*queued_.front(), by);
}

// ---- the connection

void Parent::connected(std::shared_ptr<Connection> connection) {
  if (phase_ != Phase::connecting) return connection->lose();
  link_.emplace(std::move(connection));
  breaker_.connected(link_->connection->epoch(), schedule_.now());
  judge_.connected(options_.number, link_->connection->epoch());
  check();
  beat();
  plan();
}

void Parent::received(Connection& from, const Message& message) {
  if (!link_ || link_->connection.get() != &from) return;
  if (message.kind == Message::Kind::answer) {
    answered(from, message);
  } else {
    echoed(from, message);
  }
  plan();
}

void Parent::echoed(Connection& from, const Message& message) {
  Link& link = *link_;
  if (!link.heartbeat.echoed(message.id, schedule_.now())) return;
  metrics_.beat(*link.heartbeat.round_trip());
  breaker_.beat_echoed(from.epoch());
  judge_.beat_echoed(options_.number, from.epoch());
  check();
  if (link.ready || link.lost) return;
  link.ready = true;
  phase_ = Phase::ready;
  restarts_.ready(schedule_.now());
  judge_.ready(options_.number);
  if (has(Bug::restarts_for_ever)) restarts_.reset();
  flush();
}

void Parent::room(Connection& on) {
  if (link_ && link_->connection.get() == &on && link_->ready) flush();
}

void Parent::lost(Connection& what, std::uint64_t written) {
  if (!link_ || link_->connection.get() != &what || link_->lost) return;
  link_->lost = true;
  link_->ready = false;
  link_->written = written;
  if (!launcher_.owned()) return worker_gone(Ending::connection_lost);
  if (drained_at_) return worker_gone(Ending::worker_exit);
  // It ends with its connection, or is made to: nobody can reach it any more.
  kill_at_ = schedule_.now() + 500ms;
  plan();
}

void Parent::worker_exited() {
  if (phase_ != Phase::connecting && phase_ != Phase::ready) return;
  if (!link_ || link_->lost) return worker_gone(Ending::worker_exit);
  drained_at_ = schedule_.now() + 100ms;
  plan();
}

/// Ends what was sent; the rest waits for the next worker, if there is to be one (R5).
void Parent::worker_gone(Ending by) {
  kill_at_.reset();
  drained_at_.reset();
  end_sent(by);
  if (!launcher_.owned()) return launch(false);
  judge_.worker_ended(options_.number);
  const auto decision = restarts_.exited(schedule_.now(), false, schedule_.random());
  if (decision.kind == engine::RestartPolicy::Decision::Kind::restart) {
    phase_ = Phase::restarting;
    restart_at_ = decision.at;
    link_.reset();
  } else {
    phase_ = Phase::ended;
    const auto cause = options_.auto_restart ? CircuitBreaker::Cause::restarts_exhausted
                                             : CircuitBreaker::Cause::worker_exited;
    if (breaker_.force_open(cause, schedule_.now())) metrics_.tripped();
    judge_.latched(options_.number);
    check();
    end_all(by);
    link_.reset();
  }
  plan();
}

// ---- time

void Parent::on_time() {
  const Time now = schedule_.now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    end(*deadlines_.begin()->second, Ending::deadline);
  }
  if (kill_at_ && *kill_at_ <= now) {
    kill_at_.reset();
    launcher_.kill();
  }
  if (drained_at_ && *drained_at_ <= now) worker_gone(Ending::worker_exit);
  if (restart_at_ && *restart_at_ <= now) launch(false);
  beat();
  plan();
}

void Parent::beat() {
  if (!link_ || link_->lost) return;
  Link& link = *link_;
  const Time now = schedule_.now();
  const std::uint64_t epoch = link.connection->epoch();
  if (link.heartbeat.expired(now)) {
    const bool three = link.heartbeat.exhausted();
    if (breaker_.beat_missed(epoch, three, now)) metrics_.tripped();
    judge_.beat_missed(options_.number, epoch, three);
    check();
  }
  const auto probe = has(Bug::never_probes) ? std::nullopt : breaker_.probe_at();
  if (link.heartbeat.due(now, probe) != engine::Heartbeat::Due::send) return;
  Message message{.kind = Message::Kind::heartbeat, .id = beat_ids_.next()};
  std::uint64_t number = 0;
  const Sent sent = link.connection->try_send(message, number);
  if (sent != Sent::taken && probe) return breaker_.probe_unsent(now);
  // One that found no room is a miss in the end.
  link.heartbeat.sent(message.id, now);
  if (!probe) return;
  breaker_.probe_sent(now);
  judge_.probe_sent(options_.number);
  check();
}

/// The next time at which there may be something to do.
void Parent::plan() {
  Time next = Time::max();
  if (!deadlines_.empty() && !has(Bug::sleeps_too_long)) next = deadlines_.begin()->first;
  if (restart_at_) next = std::min(next, *restart_at_);
  if (kill_at_) next = std::min(next, *kill_at_);
  if (drained_at_) next = std::min(next, *drained_at_);
  if (link_ && !link_->lost) {
    const auto probe = has(Bug::never_probes) ? std::nullopt : breaker_.probe_at();
    next = std::min(next, link_->heartbeat.next(probe));
  }
  if (next >= wakes_at_) return;
  wakes_at_ = next;
  schedule_.at(next, [this, next] {
    if (wakes_at_ != next) return;  // an earlier one has come instead
    wakes_at_ = Time::max();
    on_time();
  });
}

}  // namespace multifrost::simulation
