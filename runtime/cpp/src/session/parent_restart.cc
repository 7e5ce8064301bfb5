// Bringing a worker back that has ended by itself (spec 7.3, R5).
//
// Launching blocks, so it has a thread of its own, made when it is first needed. It does nothing
// that open() and close() could do at the same time: `lifecycle_` keeps them apart.
#include <utility>

#include "session/next_call_id.h"
#include "session/parent_session.h"

namespace multifrost::session {

/// The current worker, ready until now, or one that was to take its place, has ended; `ended_` says
/// how.
void ParentSession::worker_lost(Time now) {
  using Kind = engine::RestartPolicy::Decision::Kind;
  const auto decision = restarts_.exited(now, false, next_call_id().low);
  if (decision.kind == Kind::restart) {
    phase_ = Phase::restarting;
    restart_at_ = decision.at;
    note(events::kWorkerRestarts, "attempt " + std::to_string(restarts_.attempts()) +
                                      " to start it again, since " + ended_->message());
    if (!restarter_.joinable()) {
      restarter_ = std::jthread([this](const std::stop_token& stop) { restart_when_due(stop); });
    }
  } else {
    using Cause = engine::CircuitBreaker::Cause;
    phase_ = Phase::ended;
    const int attempts = restarts_.attempts();
    if (attempts > 0) {
      FailureData data = ended_->data();
      data.message += "\n(after " + std::to_string(attempts) + " restarts in a row)";
      ended_ = Failure(std::move(data));
    }
    note(events::kWorkerEnded, ended_->message());
    if (breaker_.force_open(attempts > 0 ? Cause::restarts_exhausted : Cause::worker_exited, now)) {
      metrics_.tripped();
    }
    see_circuit();
    end_all(ended_->exit_status() ? engine::Ending::worker_exit : engine::Ending::connection_lost);
  }
  phase_changed_.notify_all();
}

/// The restarter's thread; ends with close(), which joins it.
void ParentSession::restart_when_due(const std::stop_token& stop) {
  Lock lock(*this);
  while (!stop.stop_requested()) {
    if (!restart_at_) {
      phase_changed_.wait(lock.native());
    } else if (Clock::now() < *restart_at_) {
      phase_changed_.wait_until(lock.native(), *restart_at_);
    } else {
      restart_at_.reset();
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
    if (phase_ != Phase::restarting) return;  // open() or close() came first
    former.swap(link_);
  }
  former.reset();
  auto launched = launcher_->launch();
  Lock lock(*this);
  const bool wanted = phase_ == Phase::restarting;
  if (launched) {
    adopt(*std::move(launched));
    const std::shared_ptr<Link> link = link_;
    bool in_time = true;
    if (wanted) {
      in_time = phase_changed_.wait_for(lock.native(), options_.start_timeout, [&] {
        return phase_ != Phase::restarting || link->settled || link->was_ready || link->unsuitable;
      });
    }
    if (link->was_ready) return;
    Failure failure = start_failure(*link, !in_time);
    end_process(lock, *link, Clock::now());
    ended_ = std::move(failure);
  } else {
    ended_ = launched.failure();
  }
  if (phase_ == Phase::restarting) worker_lost(Clock::now());
}

}  // namespace multifrost::session
