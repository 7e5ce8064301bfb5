#include "engine/parent_engine.h"

#include <algorithm>

#include "engine/deadline_after.h"

namespace multifrost::engine {

// ---- the program

bool ParentEngine::start() noexcept {
  if (phase() == Phase::ready) return false;
  to(Phase::connecting);
  link_.reset();
  restart_at_.reset();
  restarts_.reset();
  breaker_.reset();
  return true;
}

ParentEngine::Duty ParentEngine::close() noexcept {
  to(Phase::closed);
  restart_at_.reset();
  return {.calls = Duty::Calls::all, .by = Ending::close};
}

void ParentEngine::reset_circuit() noexcept {
  breaker_.reset();
  restarts_.reset();
  if (phase() == Phase::ended) to(Phase::idle);
}

// ---- launching

bool ParentEngine::restart_due(Time now) noexcept {
  if (!restart_at_ || now < *restart_at_) return false;
  restart_at_.reset();
  link_.reset();
  return true;
}

void ParentEngine::launched(bool has_process, Time now) noexcept {
  link_.emplace(Link{.heartbeat = Heartbeat(options_.heartbeat),
                     .end = LinkEnd(has_process, options_.kill_deadline),
                     .start_by = deadline_after(now, options_.start_timeout)});
}

ParentEngine::Duty ParentEngine::launch_failed(Time now, std::uint64_t random) noexcept {
  Duty duty;
  gone(now, random, duty);
  return duty;
}

// ---- the link

void ParentEngine::connected(Epoch epoch, Time now) noexcept {
  link_->connected = true;
  link_->epoch = epoch;
  breaker_.connected(epoch, now);
}

ParentEngine::Echo ParentEngine::echoed(const CallId& id, Time now,
                                        std::optional<std::chrono::milliseconds> busy) noexcept {
  Link& link = *link_;
  if (!link.heartbeat.echoed(id, now, busy)) return Echo::ignored;
  metrics_.beat(*link.heartbeat.round_trip());
  if (link.heartbeat.stalled()) {
    count(breaker_.beat_missed(link.epoch, link.heartbeat.exhausted(), now));
  } else {
    breaker_.beat_echoed(link.epoch);
  }
  return link.was_ready || !link.beats() ? Echo::taken : Echo::first;
}

void ParentEngine::ready(Time now) noexcept {
  link_->was_ready = usable_ = true;
  restarts_.ready(now);
  if (phase() == Phase::connecting || phase() == Phase::restarting) to(Phase::ready);
}

void ParentEngine::lost(Time now) noexcept {
  link_->end.lost(now);
  usable_ = false;
}

void ParentEngine::stop(Time now, Duration grace) noexcept {
  link_->end.stop(now, grace);
  usable_ = false;
}

void ParentEngine::beat_sent(const CallId& id, bool left, Time now) noexcept {
  link_->heartbeat.sent(id, now);  // one that found no room is a miss in the end
  left ? breaker_.probe_sent(now) : breaker_.probe_unsent(now);
}

ParentEngine::Duty ParentEngine::step(Time now, std::uint64_t random) noexcept {
  Duty duty;
  end(now, random, duty);
  if (!duty.over) beat(now, duty);
  return duty;
}

void ParentEngine::beat(Time now, Duty& duty) noexcept {
  Link& link = *link_;
  if (!link.beats()) return;
  if (link.heartbeat.expired(now)) {
    duty.missed = true;
    count(breaker_.beat_missed(link.epoch, link.heartbeat.exhausted(), now));
  }
  duty.beat = link.heartbeat.due(now, breaker_.probe_at()) == Heartbeat::Due::send;
}

void ParentEngine::end(Time now, std::uint64_t random, Duty& duty) noexcept {
  Link& link = *link_;
  if (!link.was_ready && !link.end.is_stopped() && now >= link.start_by) {
    link.timed_out = true;
    stop(now, Duration(0));
  }
  using Step = LinkEnd::Step;
  switch (link.end.step(now)) {
    case Step::nothing:
      return;
    case Step::terminate:
      duty.signal = Duty::Signal::terminate;
      return;
    case Step::kill:
      duty.signal = Duty::Signal::kill;
      return;
    case Step::abandon:
      duty.signal = Duty::Signal::kill;
      duty.abandoned = true;
      duty.calls = what_ends();
      return;
    case Step::over:
      break;
  }
  usable_ = false;
  duty.over = true;
  const bool exit = link.end.has_exited() && !link.end.is_abandoned();
  duty.by = exit ? Ending::worker_exit : Ending::connection_lost;
  gone(now, random, duty);
}

/// The worker, or the attempt to bring one, has come to its end.
void ParentEngine::gone(Time now, std::uint64_t random, Duty& duty) noexcept {
  duty.calls = Duty::Calls::all;
  if (phase() == Phase::connecting) to(Phase::idle);
  if (phase() != Phase::ready && phase() != Phase::restarting) return;
  const auto decision = restarts_.exited(now, false, random);
  if (decision.kind == RestartPolicy::Decision::Kind::restart) {
    to(Phase::restarting);
    restart_at_ = decision.at;
    duty.calls = what_ends();
    duty.then = Duty::Then::restart;
    return;
  }
  using Cause = CircuitBreaker::Cause;
  to(Phase::ended);
  duty.then = Duty::Then::give_up;
  count(
      breaker_.force_open(restarts() > 0 ? Cause::restarts_exhausted : Cause::worker_exited, now));
}

/// When the link ends.
ParentEngine::Duty::Calls ParentEngine::what_ends() const noexcept {
  using Calls = Duty::Calls;
  const bool returns =
      options_.restart.auto_restart && (phase() == Phase::ready || phase() == Phase::restarting);
  if (!returns) return Calls::all;
  return options_.starts_processes ? Calls::sent : Calls::sent_and_timeless;
}

ParentEngine::Time ParentEngine::next() const noexcept {
  if (!link_ || link_->end.is_over()) return Time::max();
  const Link& link = *link_;
  Time next = link.end.next();
  if (!link.was_ready && !link.end.is_stopped()) next = std::min(next, link.start_by);
  if (link.beats()) next = std::min(next, link.heartbeat.next(breaker_.probe_at()));
  return next;
}

// ---- calls

ParentEngine::Refusal ParentEngine::refusal(bool has_deadline, Time now) noexcept {
  switch (phase()) {
    case Phase::idle:
      return Refusal::not_started;
    case Phase::closed:
      return Refusal::closed;
    case Phase::ended:
      return Refusal::ended;
    case Phase::restarting:
      if (!has_deadline && !options_.starts_processes) return Refusal::away;
      break;
    case Phase::connecting:
    case Phase::ready:
      break;
  }
  if (breaker_.admits()) return Refusal::none;
  if (phase() == Phase::ready && breaker_.may_probe(now)) return Refusal::none;
  metrics_.refused();
  return Refusal::circuit_open;
}

void ParentEngine::unanswered(Epoch epoch, bool sent, Ending by, Probe probe, Time now) noexcept {
  metrics_.failed();
  Outcome outcome = Outcome::lost;
  if (by == Ending::cancel || by == Ending::close) {
    outcome = Outcome::cancelled;
  } else if (!sent) {
    outcome = Outcome::unsent;
  } else if (by == Ending::deadline) {
    outcome = Outcome::deadline;
  }
  judge(epoch, outcome, probe, now);
}

// ---- to look at

bool ParentEngine::attempting() const noexcept {
  return link_ && !link_->was_ready && !link_->end.is_over() &&
         (phase() == Phase::connecting || phase() == Phase::restarting);
}

}  // namespace multifrost::engine
