// What becomes of a session when its worker has ended (spec 7.3, R5).
//
// Launching blocks, so restarts have a thread of their own, made when it is first needed. It does
// nothing that open() and close() could do at the same time: `lifecycle_` keeps them apart.
#include <utility>
#include <vector>

#include "session/next_call_id.h"
#include "session/parent_session.h"

namespace multifrost::session {

/// Those that go on wait for the next worker, in their order.
void ParentSession::end_calls(Duty::Calls which, engine::Ending by) {
  using Calls = Duty::Calls;
  if (which == Calls::none) return;
  if (which == Calls::all) return end_all(by);
  if (link_) {
    while (engine::CallLedger::Entry* const entry = ledger_.any_sent_on(epoch_of(*link_))) {
      end(static_cast<Call&>(*entry), by);
    }
    early_.insert(early_.begin(), link_->queued.begin(), link_->queued.end());
    link_->queued.clear();
  }
  if (which == Calls::sent) return;
  const std::vector<Call*> waiting(early_.begin(), early_.end());
  for (Call* const call : waiting) {
    if (!call->timeout) end(*call, by);
  }
}

/// How the worker, or the attempt to bring it back, has ended.
void ParentSession::set_ended(Failure failure) {
  ended_ = std::move(failure);
  if (engine_.phase() != Phase::ended || engine_.restarts() == 0) return;
  FailureData data = ended_->data();
  data.message += "\n(after " + std::to_string(engine_.restarts()) + " restarts in a row)";
  ended_ = Failure(std::move(data));
}

void ParentSession::go_on(Duty::Then then) {
  if (then == Duty::Then::restart) {
    note(events::kWorkerRestarts, "attempt " + std::to_string(engine_.restarts()) +
                                      " to start it again, since " + ended_->message());
    if (!restarter_.joinable()) {
      restarter_ = std::jthread([this](const std::stop_token& stop) { restart_when_due(stop); });
    }
  } else if (then == Duty::Then::give_up) {
    note(events::kWorkerEnded, ended_->message());
  }
  see_circuit();
  phase_changed_.notify_all();
}

/// The restarter's thread; ends with close(), which joins it.
void ParentSession::restart_when_due(const std::stop_token& stop) {
  Lock lock(*this);
  while (!stop.stop_requested()) {
    const auto at = engine_.restart_at();
    if (!at) {
      lock.wait(phase_changed_, [&] { return stop.stop_requested() || engine_.restart_at(); });
    } else if (Clock::now() < *at) {
      lock.wait_until(phase_changed_, *at,
                      [&] { return stop.stop_requested() || engine_.restart_at() != at; });
    } else {
      lock.unlock();
      {
        const std::lock_guard one_at_a_time(lifecycle_);
        restart();
      }
      lock.lock();
    }
  }
}

void ParentSession::restart() {
  std::shared_ptr<Link> former;  // goes without the lock: its transport may linger
  {
    const Lock lock(*this);
    if (!engine_.restart_due(Clock::now())) return;  // open() or close() came first
    former.swap(link_);
  }
  former.reset();
  auto launched = launcher_->launch();
  const Lock lock(*this);
  if (launched) return adopt(*std::move(launched));  // close(), if it came meanwhile, ends it
  const Duty duty = engine_.launch_failed(Clock::now(), random_number());
  set_ended(launched.failure());
  end_calls(duty.calls, duty.by);
  go_on(duty.then);
}

}  // namespace multifrost::session
