// Reading in a parent's session: waiting callers take turns as the leader (R1), and every event is
// taken here, whoever read it.
#include <optional>
#include <utility>

#include "call/remote_error.h"
#include "session/frame_part.h"
#include "session/parent_session.h"

namespace multifrost::session {
namespace {

using transport::Event;
using transport::Received;

/// After the last synchronous call the connection stays unwatched for this long, for the next one.
constexpr std::chrono::milliseconds kTick{10};

/// An error of the interface, and a mistake of the caller, do not speak against the worker.
engine::CircuitBreaker::Outcome outcome_of(ErrorCode code) noexcept {
  using Outcome = engine::CircuitBreaker::Outcome;
  switch (code) {
    case ErrorCode::declared:
    case ErrorCode::invalid_argument:
    case ErrorCode::function_not_found:
    case ErrorCode::private_function:
    case ErrorCode::not_callable:
      return Outcome::declared_error;
    default:
      return Outcome::remote_error;
  }
}

call::RemoteError error_of(const protocol::Message& message, const Bytes& frame) {
  return {.text = message.text,
          .code = message.extras.code,
          .executed = message.extras.executed,
          .type = message.extras.error_type,
          .fields = part_of(frame, message.extras.error_fields)};
}

}  // namespace

/// The lock is given back for good if somebody else has ended the call: its outcome is there then.
[[gnu::hot]] void ParentSession::wait(Lock& lock, Call& call, Seat& seat, Time until, int wake) {
  std::shared_ptr<Link> joined;
  try {
    if (wait_in_order(lock, call, seat, until, wake, joined) == Doorbell::Ring::over) return;
  } catch (...) {
    // There was no memory to read with. The reading is passed on all the same, or nobody would read
    // any more.
    if (!lock.is_held()) lock.lock();
    if (joined) {
      give_up_connection(*joined);
      leave_order(*joined, seat);
    }
    if (call.owner == nullptr) forget(call);
    if (call.seat == &seat) call.seat = nullptr;  // it goes, with its thread's stack
    throw;
  }
  if (joined) leave(lock, *joined, seat);
}

/// `over`: somebody else has ended the call, and taken us out of the order. Else the place in it,
/// among those who wait for `joined`, is still to be left.
[[gnu::hot, gnu::always_inline]] inline Doorbell::Ring ParentSession::wait_in_order(
    Lock& lock, Call& call, Seat& seat, Time until, int wake, std::shared_ptr<Link>& joined) {
  bool in_time = true;
  bool released = false;
  while (ledger_.is_open(call) && !seat.served && in_time) {
    if (joined != link_) {
      if (joined) leave(lock, *joined, seat);
      joined = link_;
      seat.link = joined.get();
      if (joined) act(*joined, joined->role.join(seat));
    }
    if (seat.leads) {
      in_time = read_once(lock, *joined, until, wake);
    } else if (!released) {
      // Somebody else reads; what this thread has held back must not wait for his answers.
      released = true;
      if (joined && joined->release_at) {
        lock.unlock();
        joined->transport->release();
        lock.lock();
      }
    } else {
      lock.unlock();
      const Doorbell::Ring rung = seat.bell.wait(until);
      if (rung == Doorbell::Ring::over) return rung;
      lock.lock();
      in_time = rung != Doorbell::Ring::none;
    }
  }
  return Doorbell::Ring::look;
}

[[gnu::hot, gnu::always_inline]] inline bool ParentSession::read_once(Lock& lock, Link& link,
                                                                      Time until, int wake) {
  lock.unlock();
  ArrivedTogether batch;
  Arrived& first = batch.add();
  const Received received = link.transport->receive(first.event, until, wake);
  if (received == Received::event) {
    first.read(protocol_);
    take_together(lock, link, batch);
    return true;
  }
  lock.lock();
  if (received == Received::woken) leader_wake_.clear();
  return received == Received::woken;
}

/// What is in `batch` and what has come with it, with one look at the clock and under one lock,
/// which is not held yet.
[[gnu::hot]] void ParentSession::take_together(Lock& lock, Link& link, ArrivedTogether& batch) {
  while (!batch.full() && link.transport->buffered()) {
    Arrived& next = batch.add();
    if (link.transport->try_receive(next.event) == Received::event) {
      next.read(protocol_);
    } else {
      batch.drop_last();
    }
  }
  const Time now = Clock::now();
  lock.lock();
  for (Arrived& arrived : batch) take(lock, link, arrived, now);
}

[[gnu::hot]] void ParentSession::leave(Lock& lock, Link& link, Seat& seat) {
  while (seat.leads && link.transport->buffered()) {
    lock.unlock();
    ArrivedTogether batch;
    take_together(lock, link, batch);
  }
  leave_order(link, seat);
}

[[gnu::hot]] void ParentSession::leave_order(Link& link, Seat& seat) {
  seat.link = nullptr;
  act(link, link.role.leave(seat, unattended_ > 0));
}

/// Messages may have been lost, and an answer among them, for which its call would wait for ever:
/// only the end of the connection ends what was sent on it.
void ParentSession::give_up_connection(Link& link) noexcept {
  link.transport->disconnect(link.peer);
}

void ParentSession::act_now(Link& link, const engine::ParentReadRole::Duty& duty) {
  using Watch = engine::ParentReadRole::Duty::Watch;
  if (duty.watch != Watch::keep && !link.settled) {
    if (duty.watch == Watch::on) link.transport->begin_watch();
    core_.supervisor.switch_watch(key_, link.tags + kTransport, link.transport->descriptor(),
                                  duty.watch == Watch::on);
  }
  if (duty.tick) {
    link.tick_at = Clock::now() + kTick;
    wake_at(*link.tick_at);
  }
  if (duty.promoted != nullptr) ring(*static_cast<Seat*>(duty.promoted), Doorbell::Ring::look);
}

/// May give the lock back for a while.
[[gnu::hot]] void ParentSession::take(Lock& lock, Link& link, Arrived& arrived, Time now) {
  const Event& event = arrived.event;
  switch (event.kind) {
    case Event::Kind::message:
      return take_message(lock, link, arrived, now);
    case Event::Kind::connected:
      // The first one is the worker (R6); libzmq cannot refuse a second, but it gets no calls of
      // ours.
      if (link.peer != transport::PeerId::none || link.settled) break;
      link.peer = event.peer;
      link.outlet = link.transport->outlet(event.peer);
      engine_.connected(epoch_of(link), now);
      supervise(link, now);
      break;
    case Event::Kind::room:
      flush_queue(link);
      break;
    case Event::Kind::lost:
      if (event.peer != link.peer || link.settled) break;
      link.written = event.written;
      engine_.lost(now);
      saw_exit(link);
      supervise(link, now);
      break;
    case Event::Kind::closed:
      // Ever readable from now on. By then every call has ended; one that slipped in must not wait.
      core_.supervisor.unwatch(link.transport->descriptor());
      if (link.settled && link_.get() == &link && engine_.phase() != Phase::restarting) {
        end_all(engine::Ending::connection_lost);
      }
      break;
  }
}

[[gnu::hot]] void ParentSession::take_message(Lock& lock, Link& link, Arrived& arrived, Time now) {
  using protocol::MessageKind;
  const bool ours = arrived.event.peer == link.peer;
  if (arrived.result) {
    if (ours) took_result(link, *arrived.result, std::move(arrived.event.payload), now);
    return;
  }
  const protocol::Message& message = *arrived.message;
  if (arrived.reading != protocol::Reading::message) {
    return refused(link, arrived.reading, message, arrived.event);
  }
  switch (message.kind) {
    case MessageKind::response:
    case MessageKind::error:
      if (ours) answered(link, message, std::move(arrived.event.payload), now);
      return;
    case MessageKind::heartbeat:
      if (ours) echoed(link, message, arrived.event.payload, now);
      return;
    case MessageKind::stream_item:
    case MessageKind::credit:
      if (ours) take_stream(link, message, arrived.event);
      return;
    case MessageKind::out:
    case MessageKind::err:
      lock.unlock();  // the program's own sink hears of it
      link.output->message(message.kind == MessageKind::out ? OutputStream::out : OutputStream::err,
                           message.text);
      return lock.lock();
    default:
      return;  // spec 13.3: unknown types are ignored
  }
}

/// The open call that a message on `link` belongs to; null: it is late, and counted as such.
[[gnu::hot]] Call* ParentSession::find(const Link& link, std::string_view text) {
  const auto id = ids_.parse(text);
  return static_cast<Call*>(ledger_.find(id.value_or(engine::CallId{}), epoch_of(link)));
}

/// Ends the call that an answer belongs to; null: it is late.
[[gnu::hot]] Call* ParentSession::end_answered(Link& link, std::string_view id) {
  Call* const call = find(link, id);
  if (call == nullptr) {
    note(events::kLateAnswer, "an answer that nobody waits for", id);
    return nullptr;
  }
  engine::Verdict verdict{};
  ledger_.end(*call, engine::Ending::answer, verdict);
  link.any_answer = true;
  return call;
}

[[gnu::hot]] void ParentSession::took_result(Link& link, const protocol::Result& result,
                                             Bytes&& frame, Time now) {
  Call* const call = end_answered(link, result.id);
  if (call == nullptr) return;
  judge(*call, engine::CircuitBreaker::Outcome::result, now);
  keep_part(frame, result.value);
  finish(*call, *call->method, std::move(frame), protocol_.format(),
         options_.absent_result_is_zero ? Reply::Absent::zero : Reply::Absent::nil);
}

void ParentSession::answered(Link& link, const protocol::Message& message, Bytes&& frame,
                             Time now) {
  const bool readable = message.damage.empty();
  if (readable && message.kind == protocol::MessageKind::response) {
    return took_result(link, {message.id, message.result}, std::move(frame), now);
  }
  Call* const call = end_answered(link, message.id);
  if (call == nullptr) return;
  const Method& method = *call->method;
  Failure failure =
      readable
          ? call::remote_failure(method, error_of(message, frame))
          : Failure(ErrorCode::decode, Execution::executed,
                    std::string(method.label) + ": the answer cannot be read: " + message.damage);
  judge(*call,
        readable ? outcome_of(failure.code()) : engine::CircuitBreaker::Outcome::remote_error, now);
  finish(*call, method, std::move(failure));
}

void ParentSession::echoed(Link& link, const protocol::Message& message, const Bytes& frame,
                           Time now) {
  const auto id = engine::CallId::parse(message.id);
  std::optional<std::chrono::milliseconds> busy;
  if (message.extras.busy_ms) busy = std::chrono::milliseconds(*message.extras.busy_ms);
  if (!id || link.settled) return;
  using Echo = engine::ParentEngine::Echo;
  const Echo echo = engine_.echoed(*id, now, busy);
  if (echo == Echo::ignored) return;
  if (engine_.heartbeat()->stalled()) {
    note(events::kHandlerStalled,
         "a handler of " + name_ + " runs for longer than handler_stall_timeout");
  }
  see_circuit();
  if (echo == Echo::first) {
    link.interfaces = part_of(frame, message.extras.interfaces);
    link.ours = message.extras.present;
    suits(link) ? became_ready(link, now) : engine_.refuse(now);
  }
  supervise(link, now);
}

void ParentSession::became_ready(Link& link, Time now) {
  engine_.ready(now);
  link.ready = true;
  ours_ = link.ours;
  note(events::kWorkerReady,
       name_ + (link.ours ? " is ready" : " is ready; its runtime is another's"));
  flush_queue(link);
  phase_changed_.notify_all();
}

}  // namespace multifrost::session
