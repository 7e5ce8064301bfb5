// The interface handshake: a generated client's worker must serve the interface that it was made
// for (wire page). The first heartbeat asks, its echo tells; a worker that tells nothing is taken.
#include <algorithm>
#include <utility>

#include "call/interface_match.h"
#include "session/parent_session.h"

namespace multifrost::session {

Result<void> ParentSession::expect(const Interface& interface) {
  if (!options_.check_interface) return {};
  const Lock lock(*this);
  if (std::find(expected_.begin(), expected_.end(), &interface) != expected_.end()) return {};
  // A worker that serves others goes on serving them: only this client is refused.
  if (link_ && link_->ready) {
    if (auto failure = mismatch(*link_, interface)) return *std::move(failure);
  }
  expected_.push_back(&interface);
  return {};
}

std::optional<Failure> ParentSession::mismatch(const Link& link, const Interface& expected) const {
  return call::interface_mismatch(expected, protocol_.interfaces(link.interfaces.view()), name_);
}

/// False: open() or restart(), which waits for the link, ends it.
bool ParentSession::suits(Link& link) {
  for (const Interface* const expected : expected_) {
    link.unsuitable = mismatch(link, *expected);
    if (!link.unsuitable) continue;
    phase_changed_.notify_all();
    return false;
  }
  return true;
}

}  // namespace multifrost::session
