// An asynchronous call as its caller sees it.
#include <utility>

#include "call/delivery.h"
#include "engine/deadline_after.h"
#include "session/parent_session.h"

namespace multifrost::session {

[[gnu::hot]] AsyncCall::AsyncCall(std::shared_ptr<ParentSession> session) noexcept
    : session_(std::move(session)) {
  call_.owner = this;
}

[[gnu::hot]] AsyncCall::~AsyncCall() = default;

/// In a child of fork() the outcome is there at once: that it will not come.
[[gnu::hot]] bool AsyncCall::ended() const noexcept {
  return ended_.load(std::memory_order_acquire) || !session_->in_own_process();
}

bool AsyncCall::ready() const noexcept {
  if (ended()) return true;
  session_->attend(call_);
  return false;
}

bool AsyncCall::wait_for(std::chrono::nanoseconds time) {
  using Clock = std::chrono::steady_clock;
  if (ended()) return true;
  return session_->wait_for_end(call_, time < time.zero()
                                           ? Clock::time_point::max()
                                           : engine::deadline_after(Clock::now(), time));
}

[[gnu::hot]] Reply AsyncCall::take() {
  wait_for(std::chrono::nanoseconds(-1));
  if (!ended_.load(std::memory_order_acquire)) {
    return {*call_.method, session_->misplaced(call_.method->label)};
  }
  return *std::move(call_.reply);
}

void AsyncCall::then(std::unique_ptr<Continuation> continuation) {
  if (!session_->in_own_process()) return;  // whose executor is not here either
  if (session_->keep_continuation(*this, continuation)) return;
  post(std::move(continuation));
}

void AsyncCall::cancel() noexcept {
  if (!ended()) session_->cancel(call_);
}

void AsyncCall::post(std::unique_ptr<Continuation> continuation) {
  call::deliver(session_->executor(), std::move(continuation), *std::move(call_.reply));
}

}  // namespace multifrost::session
