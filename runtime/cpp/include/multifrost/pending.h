// Pending<T>: a call in flight that the program will ask about later.
//
// Dropping a Pending abandons the call and never blocks. `get` and `wait_for` block; `then` does
// not. Callbacks run on the client's executor, never on the thread that reads the socket, so a
// callback may make synchronous calls. Coroutines: include multifrost/coroutine.h; std::future:
// multifrost/future.h. Thread rule: one thread at a time, except cancel(), which any thread may
// call.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "multifrost/channel.h"
#include "multifrost/chrono.h"

namespace multifrost {

/// What runs when a call has ended; run() is called once, on the executor, and then it is
/// destroyed.
class Continuation {
 public:
  virtual ~Continuation() = default;
  virtual void run(Reply reply) = 0;
};

/// The untyped half of Pending, implemented by channels.
class PendingCall {
 public:
  virtual ~PendingCall() = default;
  virtual bool ready() const noexcept = 0;
  /// Blocks until the outcome is there or the time has passed; true: it is there. Negative: no
  /// limit.
  virtual bool wait_for(std::chrono::nanoseconds time) = 0;
  /// The outcome; blocks until it is there. Once only.
  virtual Reply take() = 0;
  /// Runs `continuation` on the executor once the outcome is there (at once if it is).
  virtual void then(std::unique_ptr<Continuation> continuation) = 0;
  /// Ends the call as cancelled if it has not ended yet.
  virtual void cancel() noexcept = 0;
  /// Nobody waits any more: the outcome is dropped when it comes.
  virtual void abandon() noexcept = 0;
};

template <class T>
class [[nodiscard]] Pending {
 public:
  using Finish = Result<T> (*)(Reply);
  Pending(std::shared_ptr<PendingCall> call, Finish finish) noexcept
      : call_(std::move(call)), finish_(finish) {}
  Pending(Pending&&) noexcept = default;
  Pending& operator=(Pending&& other) noexcept {
    std::swap(call_, other.call_);
    std::swap(finish_, other.finish_);
    return *this;
  }
  ~Pending() {
    if (call_) call_->abandon();
  }

  bool ready() const noexcept { return call_->ready(); }
  /// True when the outcome is there.
  bool wait_for(std::chrono::nanoseconds time) const { return call_->wait_for(time); }
  /// Blocks for the outcome, at most until the call's deadline. Once only; throws as the call
  /// would.
  T get() { return try_get().value(); }
  Result<T> try_get() { return finish_(call_->take()); }
  void cancel() noexcept { call_->cancel(); }

  /// Calls `callback(Result<T>)` on the executor when the call has ended; the Pending is used up.
  template <class Callback>
  void then(Callback callback) && {
    struct Callable final : Continuation {
      Callable(Callback given, Finish how) : callback(std::move(given)), finish(how) {}
      void run(Reply reply) override { callback(finish(std::move(reply))); }
      Callback callback;
      Finish finish;
    };
    std::exchange(call_, nullptr)->then(std::make_unique<Callable>(std::move(callback), finish_));
  }

 private:
  std::shared_ptr<PendingCall> call_;
  Finish finish_;
};

/// Sends a complete request; for generated code.
template <class C>
Pending<typename C::Type> start(Request&& request) {
  return {std::move(request).start(), &detail::finish<C>};
}

}  // namespace multifrost
