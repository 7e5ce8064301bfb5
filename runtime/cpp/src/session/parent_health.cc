// What a parent's session thinks of its worker: circuit breaker and metrics (spec 7.1, 7.4; R5).
#include <string>

#include "session/parent_session.h"
#include "session/timeout_text.h"

namespace multifrost::session {
namespace {

using engine::CircuitBreaker;
using engine::Ending;

}  // namespace

/// An outcome of a call that was sent on `epoch`, 0 when it was never sent.
void ParentSession::judge(const Call& call, std::uint64_t epoch, CircuitBreaker::Outcome outcome) {
  const bool timeless = outcome == CircuitBreaker::Outcome::result && !call.probe;
  const Time now = timeless ? Time{} : Clock::now();
  tripped(call.probe ? breaker_.probe_ended(epoch, outcome, now)
                     : breaker_.outcome(epoch, outcome, now));
  see_circuit();
}

/// The same for a call that no answer has ended.
void ParentSession::judge_end(const Call& call, bool sent, Ending by) {
  using Outcome = CircuitBreaker::Outcome;
  metrics_.failed();
  if (by == Ending::cancel || by == Ending::close) {
    return judge(call, call.epoch, Outcome::cancelled);
  }
  if (!sent) return judge(call, 0, Outcome::unsent);
  judge(call, call.epoch, by == Ending::deadline ? Outcome::deadline : Outcome::lost);
}

void ParentSession::tripped(bool just_now) {
  if (!just_now) return;
  metrics_.tripped();
  see_circuit();
  if (link_) wake_at(next_time(*link_));
}

std::string ParentSession::circuit_text() const {
  std::string text = "the circuit of " + name_ + " is open: ";
  switch (breaker_.cause()) {
    case CircuitBreaker::Cause::calls_failed:
      text += std::to_string(breaker_.failures()) + " calls in a row have failed";
      break;
    case CircuitBreaker::Cause::heartbeats_missed:
      text += "it does not answer heartbeats";
      break;
    default:
      text += "it has ended";
      break;
  }
  if (const auto since = breaker_.opened_at()) {
    text += "; for " + duration_text(Clock::now() - *since);
  }
  return text + "; it closes with the next " +
         (options_.circuit.probe_by_call ? "call that succeeds, tried at most every second,"
                                         : "answered heartbeat,") +
         " or reset_circuit()";
}

bool ParentSession::healthy() const noexcept {
  const Lock lock(*this);
  return phase_ == Phase::ready && breaker_.admits();
}

bool ParentSession::circuit_open() const noexcept {
  const Lock lock(*this);
  return phase_ == Phase::ended || !breaker_.admits();
}

void ParentSession::reset_circuit() {
  const Lock lock(*this);
  breaker_.reset();
  see_circuit();
  restarts_.reset();
  if (phase_ == Phase::ended) phase_ = Phase::idle;
}

std::optional<std::chrono::nanoseconds> ParentSession::last_round_trip() const noexcept {
  const Lock lock(*this);
  return link_ ? link_->heartbeat.round_trip() : std::nullopt;
}

Metrics ParentSession::metrics() const {
  const Lock lock(*this);
  return metrics_.snapshot();
}

void ParentSession::reset_metrics() {
  const Lock lock(*this);
  metrics_.reset();
}

}  // namespace multifrost::session
