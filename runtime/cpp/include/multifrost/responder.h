// Answering later: a handler, typed or dynamic, gives a Responder to whoever will have the answer.
//
//   std::vector<Box> detect(Image image, CallContext&) override {
//     return multifrost::deferred<std::vector<Box>>([&](auto responder) {
//       pool_.post([image, responder = std::move(responder)]() mutable {
//         responder.answer(find(image));
//       });
//     });
//   }
//
// The call keeps its handler's place until it is answered (R2): the next one waits, if there is no
// other place (ChildOptions::concurrency), its CallContext stays valid, heartbeats, cancel and
// shutdown are served meanwhile. Thread rule: a Responder
// belongs to one thread at a time, whichever. Blocking rule: deferred() blocks the handler's thread
// until the answer, nothing else does. Coroutines: include multifrost/task.h.
#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

namespace multifrost {

/// What a call fails with whose Responder was destroyed without an answer.
class DroppedResponder : public std::logic_error {
 public:
  DroppedResponder() : std::logic_error("the handler dropped its responder") {}
};

namespace detail {
/// Where the answer arrives, once.
template <class T>
class LateAnswer {
 public:
  using Held = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

  void deliver(std::optional<Held> value, std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
    error_ = std::move(error);
    arrived_.notify_one();
  }
  T wait() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return value_ || error_; });
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    if constexpr (!std::is_void_v<T>) return *std::move(value_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::optional<Held> value_;
  std::exception_ptr error_;
};
}  // namespace detail

/// Owes the answer of one call. Used up by answer() or fail(), which then do nothing more.
template <class T>
class [[nodiscard]] Responder {
 public:
  using Held = typename detail::LateAnswer<T>::Held;

  explicit Responder(std::shared_ptr<detail::LateAnswer<T>> to) noexcept : to_(std::move(to)) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&& other) noexcept {
    std::swap(to_, other.to_);
    return *this;
  }
  /// Unanswered, the call fails with DroppedResponder.
  ~Responder() {
    if (to_) fail(DroppedResponder());
  }

  void answer(Held value) { deliver(std::move(value), nullptr); }
  void answer() requires std::is_void_v<T> { answer(Held()); }
  /// As if the handler had thrown it: declared errors keep their type and fields.
  template <class E>
  void fail(E error) {
    fail(std::make_exception_ptr(std::move(error)));
  }
  void fail(std::exception_ptr error) { deliver(std::nullopt, std::move(error)); }

  /// Nothing is owed any more.
  bool answered() const noexcept { return to_ == nullptr; }

 private:
  void deliver(std::optional<Held> value, std::exception_ptr error) {
    if (const auto to = std::exchange(to_, nullptr))
      to->deliver(std::move(value), std::move(error));
  }

  std::shared_ptr<detail::LateAnswer<T>> to_;
};

/// Calls `start(Responder<T>)` and gives what that Responder is answered with, or throws what it
/// fails with: for a handler to return.
template <class T, class Start>
T deferred(Start&& start) {
  const auto answer = std::make_shared<detail::LateAnswer<T>>();
  std::forward<Start>(start)(Responder<T>(answer));
  return answer->wait();
}

}  // namespace multifrost
