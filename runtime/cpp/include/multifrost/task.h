// Task<T>: a coroutine that a handler can be written as.
//
//   multifrost::Task<Report> detect_and_store(Image image) {          // your coroutine
//     auto boxes = co_await vision_.async().detect(image);            // calls of other workers
//     co_return co_await store_.async().put(boxes);
//   }
//   Report analyse(Image image, CallContext&) override {              // the generated method
//     return multifrost::sync_wait(detect_and_store(std::move(image)));
//   }
//
// A method is a coroutine when its override says so: the others pay nothing, generated code is the
// same. As a deferred answer (multifrost/responder.h) the call keeps its handler's place until the
// coroutine has ended (R2). A Task begins when it is awaited, and goes on wherever what it awaits
// resumes it: after a Pending on the client's executor. Blocking rule: only sync_wait blocks. What
// the coroutine throws, its awaiter gets. Thread rule: a Task belongs to one thread at a time.
//
// The ends of a stream (multifrost/stream.h) work in a coroutine as elsewhere, valid until it has
// ended, and block as elsewhere: next() and write() hold up the thread that has resumed it, which
// after a Pending is the client's executor. There, items and credit may take 10 ms until a thread
// reads for them; on the handler's own thread they do not.
#pragma once

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

#include "multifrost/coroutine.h"
#include "multifrost/responder.h"

namespace multifrost {

template <class T>
class Task;

namespace detail {

/// What all promises do: begin when awaited, resume the awaiter at the end.
class TaskPromiseBase {
 public:
  std::suspend_always initial_suspend() const noexcept { return {}; }
  auto final_suspend() const noexcept { return Handover{}; }
  void unhandled_exception() noexcept { error_ = std::current_exception(); }
  void set_awaiter(std::coroutine_handle<> awaiter) noexcept { awaiter_ = awaiter; }

 protected:
  void rethrow() {
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  struct Handover {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      return static_cast<TaskPromiseBase&>(ended.promise()).awaiter_;
    }
    void await_resume() const noexcept {}
  };

  std::coroutine_handle<> awaiter_;
  std::exception_ptr error_;
};

template <class T>
class TaskPromise final : public TaskPromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <class V>
  void return_value(V&& value) {
    value_.emplace(std::forward<V>(value));
  }
  T take() {
    rethrow();
    return *std::move(value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class TaskPromise<void> final : public TaskPromiseBase {
 public:
  inline Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() { rethrow(); }
};

/// A coroutine that nobody awaits: it answers a Responder, and is gone.
struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;

  explicit Task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  /// Not while it runs.
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  /// Once only.
  auto operator co_await() && noexcept {
    struct Awaiter {
      std::coroutine_handle<promise_type> task;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) const noexcept {
        task.promise().set_awaiter(awaiter);
        return task;
      }
      T await_resume() const { return task.promise().take(); }
    };
    return Awaiter{coroutine_};
  }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

namespace detail {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

template <class T>
Detached answer_with(Task<T> task, Responder<T> responder) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      responder.answer();
    } else {
      responder.answer(co_await std::move(task));
    }
  } catch (...) {
    responder.fail(std::current_exception());
  }
}

}  // namespace detail

/// Runs the coroutine to its end and gives its result, or throws what it threw: for a handler to
/// return.
template <class T>
T sync_wait(Task<T> task) {
  return deferred<T>([&task](Responder<T> responder) {
    detail::answer_with(std::move(task), std::move(responder));
  });
}

}  // namespace multifrost
