#include "call/pending_state.h"

#include <utility>

#include "call/delivery.h"
#include "engine/deadline_after.h"

namespace multifrost::call {
bool PendingState::complete(Reply reply) {
  std::unique_ptr<Continuation> continuation;
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return false;
    // From the moment that `ended_` says so, take() and abandon() come without the lock.
    if (state_ == State::waiting) {
      state_ = State::done;
      reply_ = std::move(reply);
      ended_ = true;
      if (waiters_ != 0) arrived_.notify_all();
      return true;
    }
    if (state_ == State::chained) {
      state_ = State::finished;
      continuation = std::move(continuation_);
    }
    ended_ = true;
    if (!continuation) return true;  // abandoned: dropped
  }
  deliver(*executor_, std::move(continuation), std::move(reply));
  return true;
}

bool PendingState::ready() const noexcept { return ended_; }

bool PendingState::wait_for(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  ++waiters_;
  const auto ended = [this] { return ended_.load(); };
  if (time < time.zero()) {
    arrived_.wait(lock, ended);
  } else {
    const auto now = std::chrono::steady_clock::now();
    arrived_.wait_until(lock, engine::deadline_after(now, time), ended);
  }
  --waiters_;
  return ended_;
}

Reply PendingState::take() {
  if (!ended_) PendingState::wait_for(std::chrono::nanoseconds(-1));
  // It has ended, and nobody but the Pending's thread touches the outcome any more.
  state_ = State::finished;
  Reply reply = *std::move(reply_);
  reply_.reset();
  return reply;
}

void PendingState::then(std::unique_ptr<Continuation> continuation) {
  std::optional<Reply> reply;
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::waiting) {
      state_ = State::chained;
      continuation_ = std::move(continuation);
      return;
    }
    if (state_ != State::done) return;
    state_ = State::finished;
    reply = std::exchange(reply_, std::nullopt);
  }
  deliver(*executor_, std::move(continuation), *std::move(reply));
}

void PendingState::cancel() noexcept {
  if (!ready()) request_cancel();
}

void PendingState::abandon() noexcept {
  std::optional<Reply> dropped;  // destroyed without the lock
  std::unique_lock lock(mutex_, std::defer_lock);
  if (!ended_) lock.lock();
  if (state_ == State::waiting || state_ == State::done) state_ = State::finished;
  dropped.swap(reply_);
}

}  // namespace multifrost::call
