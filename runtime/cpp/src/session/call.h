// One call of a parent's session, from begin to outcome. A synchronous call lives on its caller's
// stack.
//
// Everything in it belongs to the session's lock, but for what is set before the call is opened.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "engine/call_ledger.h"
#include "engine/circuit_breaker.h"
#include "engine/deadline_queue.h"
#include "engine/parent_read_role.h"
#include "multifrost/pending.h"
#include "multifrost/stop_token.h"
#include "session/doorbell.h"
#include "transport/transport.h"

namespace multifrost::session {

class AsyncCall;
class ParentSession;
class StreamCall;
struct Link;

/// A waiting thread's place in the reading order, and what wakes it.
struct Seat : engine::Waiter {
  Doorbell bell;
  Link* link = nullptr;  ///< whose reading order it has joined
  bool served = false;   ///< what it waits for besides the call's end has come: see StreamCall
  std::shared_ptr<transport::Outlet> lent_to;  ///< has got a message that borrows the arguments
};

struct Call : engine::CallLedger::Entry, engine::DeadlineQueue::Entry {
  using Time = engine::DeadlineQueue::Time;

  const Method* method = nullptr;
  std::string other_name_space;  ///< when it is not the method's own
  std::optional<std::chrono::nanoseconds> timeout;
  Time begun{};

  /// A timeout of zero or less: the call ends at once and is never sent.
  bool expired_at_birth() const noexcept { return timeout && timeout->count() <= 0; }

  Buffer message;                ///< while it is queued
  std::optional<Reply> reply;    ///< the outcome
  AsyncCall* owner = nullptr;    ///< null: synchronous
  StreamCall* stream = nullptr;  ///< null: an ordinary call
  Seat* seat = nullptr;          ///< of the thread that waits for its outcome, one at a time;
                                 ///< null again when that needs nothing more of the session
  engine::CircuitBreaker::Probe probe = 0;  ///< let through by the open circuit
  bool unattended = false;   ///< its outcome is wanted at once, but no thread waits for it
  bool cancel_owed = false;  ///< it ended while it was being sent; see tell_cancelled()
};

/// A call that nobody waits for at once. The session keeps it alive until it has ended. A thread
/// that waits for it may lead meanwhile.
///
///   event             | open                           | ended
///   ------------------+--------------------------------+------------------------------
///   outcome           | ended; after the lock, a kept  | (impossible)
///                     |   continuation is posted       |
///   then              | the continuation is kept       | the continuation is posted
///   take              | (waits)                        | hands the outcome out
///   cancel            | its outcome is "cancelled"     | –
///   abandon           | –                              | – (the call drops its outcome)
class AsyncCall : public PendingCall {
 public:
  explicit AsyncCall(std::shared_ptr<ParentSession> session) noexcept;
  ~AsyncCall() override;

  bool ready() const noexcept override;
  bool wait_for(std::chrono::nanoseconds time) override;
  Reply take() override;
  void then(std::unique_ptr<Continuation> continuation) override;
  void cancel() noexcept override;
  void abandon() noexcept override {}

  Call& call() noexcept { return call_; }  ///< under the session's lock

 private:
  friend class ParentSession;
  friend class StreamCall;
  struct Cancel {
    std::weak_ptr<AsyncCall> call;
    void operator()() const noexcept {
      if (const auto locked = call.lock()) locked->cancel();
    }
  };
  bool ended() const noexcept;
  void post(std::unique_ptr<Continuation> continuation);

  const std::shared_ptr<ParentSession> session_;
  mutable Call call_;  ///< asking for it may make the supervisor read
  /// The outcome stands in `call_`, and belongs to whoever holds the Pending from now on.
  std::atomic<bool> ended_{false};
  std::unique_ptr<Continuation> continuation_;  ///< under the session's lock until it has ended
  std::shared_ptr<AsyncCall> open_;             ///< itself, until its outcome has been given out
  AsyncCall* ended_next_ = nullptr;             ///< in the session's list of those that have ended
  std::optional<std::stop_callback<Cancel>> on_stop_;
};

}  // namespace multifrost::session
