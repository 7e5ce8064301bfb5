// What a parent's session thinks of its worker: circuit breaker and metrics (spec 7.1, 7.4; R5).
#include <string>

#include "session/parent_session.h"
#include "session/timeout_text.h"

namespace multifrost::session {

using engine::CircuitBreaker;

/// Something else than the worker has ended `call`; `sent`: after it was.
void ParentSession::judge_end(const Call& call, bool sent, engine::Ending by) {
  engine_.unanswered(call.epoch, sent, by, call.probe, Clock::now());
  see_circuit();
}

std::string ParentSession::circuit_text() const {
  std::string text = "the circuit of " + name_ + " is open: ";
  switch (engine_.breaker().cause()) {
    case CircuitBreaker::Cause::calls_failed:
      text += std::to_string(engine_.breaker().failures()) + " calls in a row have failed";
      break;
    case CircuitBreaker::Cause::heartbeats_missed:
      text += "it does not answer heartbeats";
      break;
    default:
      text += "it has ended";
      break;
  }
  if (const auto since = engine_.breaker().opened_at()) {
    text += "; for " + duration_text(Clock::now() - *since);
  }
  return text + "; it closes with the next " +
         (options_.circuit.probe_by_call ? "call that succeeds, tried at most every second,"
                                         : "answered heartbeat,") +
         " or reset_circuit()";
}

// In a child of fork() a session is nobody's: to whoever asks it is as after close(), and no lock
// is asked for (R10).

bool ParentSession::healthy() const noexcept {
  if (!in_own_process()) return false;
  const Lock lock(*this);
  return engine_.admits();
}

bool ParentSession::circuit_open() const noexcept {
  if (!in_own_process()) return false;
  const Lock lock(*this);
  return engine_.phase() == Phase::ended || !engine_.breaker().admits();
}

void ParentSession::reset_circuit() {
  if (!in_own_process()) return;
  const Lock lock(*this);
  engine_.reset_circuit();
  see_circuit();
}

std::optional<std::chrono::nanoseconds> ParentSession::last_round_trip() const noexcept {
  if (!in_own_process()) return std::nullopt;
  const Lock lock(*this);
  const engine::Heartbeat* const beats = engine_.heartbeat();
  return beats != nullptr ? beats->round_trip() : std::nullopt;
}

Metrics ParentSession::metrics() const {
  if (!in_own_process()) return {};
  const Lock lock(*this);
  return engine_.metrics();
}

void ParentSession::reset_metrics() {
  if (!in_own_process()) return;
  const Lock lock(*this);
  engine_.reset_metrics();
}

}  // namespace multifrost::session
