// The one implementation of PendingCall: an outcome that arrives once, and who waits for it.
//
//   state      event          becomes    effect
//   waiting    complete       done       wakes waiters; a continuation goes to the executor
//   waiting    then           chained    the continuation is kept
//   chained    complete       finished   the continuation goes to the executor
//   waiting    abandon        finished   the outcome will be dropped
//   done       take / then    finished   hands the outcome out / goes to the executor at once
//   done       abandon        finished   the outcome is dropped
//   any other: complete returns false, the rest has no effect
//
// Thread rule: complete() from any thread, once or more often (the first wins); the rest as Pending
// says. Only wait_for and take block.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "multifrost/executor.h"
#include "multifrost/pending.h"

namespace multifrost::call {

class PendingState : public PendingCall {
 public:
  /// `executor` must live until the continuation has run.
  explicit PendingState(Executor& executor) noexcept : executor_(&executor) {}

  /// Delivers the outcome; false when there was one before, which stays.
  bool complete(Reply reply);

  bool ready() const noexcept override;
  bool wait_for(std::chrono::nanoseconds time) override;
  Reply take() override;
  void then(std::unique_ptr<Continuation> continuation) override;
  void cancel() noexcept override;
  void abandon() noexcept override;

 protected:
  /// Sessions end the call here and then complete() it as cancelled.
  virtual void request_cancel() noexcept {}

 private:
  enum class State : std::uint8_t { waiting, chained, done, finished };

  Executor* executor_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  State state_ = State::waiting;
  std::atomic<bool> ended_{false};  ///< complete() has been called; changed under the lock
  int waiters_ = 0;
  std::optional<Reply> reply_;
  std::unique_ptr<Continuation> continuation_;
};

}  // namespace multifrost::call
