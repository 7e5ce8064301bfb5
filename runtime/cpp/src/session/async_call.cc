#include <algorithm>

#include "session/parent_session.h"

namespace multifrost::session {

AsyncCall::AsyncCall(std::shared_ptr<ParentSession> session, Executor& executor) noexcept
    : PendingState(executor), session_(std::move(session)) {
  call_.owner = this;
}

AsyncCall::~AsyncCall() = default;

bool AsyncCall::wait_for(std::chrono::nanoseconds time) {
  using Clock = std::chrono::steady_clock;
  if (PendingState::ready()) return true;
  Clock::time_point until = Clock::time_point::max();
  if (time >= time.zero() && time < until - Clock::now()) until = Clock::now() + time;
  if (!session_->wait_for_end(call_, until)) return PendingState::ready();
  return PendingState::wait_for(
      std::chrono::nanoseconds(-1));  // ended: on its way from the lock to here
}

Reply AsyncCall::take() {
  wait_for(std::chrono::nanoseconds(-1));
  return PendingState::take();
}

bool AsyncCall::ready() const noexcept {
  if (PendingState::ready()) return true;
  session_->attend(call_);
  return false;
}

void AsyncCall::then(std::unique_ptr<Continuation> continuation) {
  PendingState::then(std::move(continuation));
  if (!PendingState::ready()) session_->attend(call_);
}

void AsyncCall::request_cancel() noexcept { session_->cancel(call_); }

}  // namespace multifrost::session
