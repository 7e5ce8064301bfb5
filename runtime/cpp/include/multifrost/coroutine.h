// co_await for Pending<T>: `auto boxes = co_await vision.async().detect(source, format);`
//
// Works in coroutines of any type. The coroutine resumes on the client's executor, so it may make
// synchronous calls; when the outcome is there already it goes on at once, on its own thread.
// `co_await` throws as the call would; `co_await as_result(pending)` gives Result<T>.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "multifrost/pending.h"

namespace multifrost {

template <class T>
class PendingAwaiter {
 public:
  explicit PendingAwaiter(Pending<T> pending) noexcept : pending_(std::move(pending)) {}

  bool await_ready() const noexcept { return pending_.ready(); }
  void await_suspend(std::coroutine_handle<> coroutine) {
    // This object may be gone before then() returns: the coroutine resumes on another thread.
    std::move(pending_).then([this, coroutine](Result<T> result) {
      result_.emplace(std::move(result));
      coroutine.resume();
    });
  }
  Result<T> await_resume() { return result_ ? *std::move(result_) : pending_.try_get(); }

 private:
  Pending<T> pending_;
  std::optional<Result<T>> result_;
};

template <class T>
class ThrowingPendingAwaiter : public PendingAwaiter<T> {
 public:
  using PendingAwaiter<T>::PendingAwaiter;
  T await_resume() { return PendingAwaiter<T>::await_resume().value(); }
};

template <class T>
ThrowingPendingAwaiter<T> operator co_await(Pending<T>&& pending) noexcept {
  return ThrowingPendingAwaiter<T>(std::move(pending));
}

template <class T>
PendingAwaiter<T> as_result(Pending<T> pending) noexcept {
  return PendingAwaiter<T>(std::move(pending));
}

}  // namespace multifrost
