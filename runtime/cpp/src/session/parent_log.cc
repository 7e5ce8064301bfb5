// What a parent's session records (docs/logging.md). Most of it is known under the session's lock;
// the sink is user code, so it is told when the lock has been given back.
#include "session/parent_session.h"

namespace multifrost::session {

void ParentSession::note(const LogEvent& event, std::string_view text, std::string_view call_id) {
  if (!core_.log.wants(event)) return;
  notes_.push_back({event, std::string(text), std::string(call_id)});
  leaves_something_ = true;
}

void ParentSession::write_notes(const std::vector<Note>& notes) const noexcept {
  for (const Note& note : notes) {
    core_.log.write({.level = note.event.level,
                     .event = note.event.name,
                     .message = note.message,
                     .worker = name_,
                     .call_id = note.call_id,
                     .time = note.time});
  }
}

/// The breaker is in another state than when this was asked last. When it has opened, its probe is
/// the next thing to do.
void ParentSession::circuit_changed() {
  using State = engine::CircuitBreaker::State;
  const State before = std::exchange(circuit_, engine_.breaker().state());
  if (link_) wake_at(next_time(*link_));
  switch (circuit_) {
    case State::closed:
      return note(events::kCircuitClosed, "calls to " + name_ + " are sent again");
    case State::half_open:
      return note(events::kCircuitHalfOpen,
                  (options_.circuit.probe_by_call ? "a call" : "a heartbeat") +
                      (" asks whether " + name_ + " is well again"));
    case State::forced_open:
      if (before == State::closed) {
        note(events::kCircuitOpened,
             "the circuit of " + name_ + " is open until start() or reset_circuit()");
      }
      return;
    case State::open:  // from half-open: the probe was missed, which is recorded by itself
      if (before == State::closed) note(events::kCircuitOpened, circuit_text());
      return;
    case State::disabled:
      return;
  }
}

}  // namespace multifrost::session
