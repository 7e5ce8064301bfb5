// Whether a worker suits: it must speak our protocol (spec 13.1), and serve the interface that a
// generated client was made for (wire page). The first heartbeat asks, its echo tells; a worker
// that tells nothing is taken.
#include <algorithm>
#include <utility>

#include "call/interface_match.h"
#include "session/parent_session.h"
#include "wire/text.h"

namespace multifrost::session {

Result<void> ParentSession::expect(const Interface& interface) {
  if (!in_own_process()) return misplaced();
  if (!options_.check_interface) return {};
  const Lock lock(*this);
  if (std::find(expected_.begin(), expected_.end(), &interface) != expected_.end()) return {};
  // A worker that serves others goes on serving them: only this client is refused.
  if (link_ && link_->ready) {
    if (auto failure = mismatch(*link_, interface)) {
      note(events::kInterfaceMismatch, failure->message());
      return *std::move(failure);
    }
  }
  expected_.push_back(&interface);
  return {};
}

std::optional<Failure> ParentSession::mismatch(const Link& link, const Interface& expected) const {
  return call::interface_mismatch(expected, protocol_.interfaces(link.interfaces.view()), name_);
}

/// False: it is to be refused.
bool ParentSession::suits(Link& link) {
  for (const Interface* const expected : expected_) {
    link.unsuitable = mismatch(link, *expected);
    if (!link.unsuitable) continue;
    note(events::kInterfaceMismatch, link.unsuitable->message());
    return false;
  }
  return true;
}

/// A message that is none of ours. Of another application before the worker is ready, it is the
/// hard failure of spec 13.1; a worker that has proved itself keeps its connection and its calls.
void ParentSession::refused(Link& link, protocol::Reading reading, const protocol::Message& message,
                            const transport::Event& event) {
  std::string text = "a message that cannot be read was ignored";
  if (reading == protocol::Reading::foreign) {
    text = name_ + " speaks another protocol: its message carries the app id " +
           wire::quoted(message.app) + ", not comlink_ipc_v3 (spec 13.1)";
    if (!link.settled && engine_.attempting() && event.peer == link.peer && !link.unsuitable) {
      link.unsuitable = Failure(ErrorCode::connection, Execution::not_executed, text);
      const Time now = Clock::now();
      engine_.refuse(now);
      supervise(link, now);
    }
  }
  note(events::kForeignMessage, text);
}

}  // namespace multifrost::session
