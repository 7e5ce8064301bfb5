// Reading in a parent's session: waiting callers take turns as the leader (R1), and every event is
// taken here, whoever read it.
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

void ParentSession::wait(Lock& lock, Call& call, Seat& seat, Time until, int wake) {
  // Whatever ends the wait, an exception too: the reading is passed on, or nobody would read any
  // more.
  struct Place {
    ParentSession& session;
    Lock& lock;
    Seat& seat;
    std::shared_ptr<Link> link = nullptr;
    void leave() {
      if (const std::shared_ptr<Link> left = std::exchange(link, nullptr)) {
        session.leave(lock, *left, seat);
      }
    }
    ~Place() {
      if (!lock.native().owns_lock()) lock.lock();
      leave();
    }
  } place{*this, lock, seat};

  bool in_time = true;
  bool released = false;
  while (ledger_.is_open(call) && !seat.served && in_time) {
    if (place.link != link_) {
      place.leave();
      place.link = link_;
      if (link_) act(*link_, link_->role.join(seat));
    }
    if (seat.leads) {
      in_time = read_once(lock, *place.link, until, wake);
    } else if (!released) {
      // Somebody else reads; what this thread has held back must not wait for his answers.
      released = true;
      if (place.link && place.link->release_at) {
        lock.unlock();
        place.link->transport->release();
        lock.lock();
      }
    } else if (until == Time::max()) {
      seat.changed.wait(lock.native());
    } else {
      in_time = seat.changed.wait_until(lock.native(), until) == std::cv_status::no_timeout;
    }
  }
}

bool ParentSession::read_once(Lock& lock, Link& link, Time until, int wake) {
  lock.unlock();
  Event event;
  const Received received = link.transport->receive(event, until, wake);
  if (received == Received::event) {
    take(lock, link, event);
    return true;
  }
  lock.lock();
  if (received == Received::woken) leader_wake_.clear();
  return received == Received::woken;
}

void ParentSession::leave(Lock& lock, Link& link, Seat& seat) {
  if (seat.leads) {
    while (link.transport->buffered()) {
      Event event;
      lock.unlock();
      if (link.transport->try_receive(event) == Received::event) {
        take(lock, link, event);
      } else {
        lock.lock();
      }
    }
  }
  act(link, link.role.leave(seat, unattended_ > 0));
}

void ParentSession::act(Link& link, const engine::ParentReadRole::Duty& duty) {
  using Duty = engine::ParentReadRole::Duty;
  if (duty.watch != Duty::Watch::keep && !link.settled) {
    core_.supervisor.switch_watch(key_, link.tags + kTransport, link.transport->descriptor(),
                                  duty.watch == Duty::Watch::on);
  }
  if (duty.tick) {
    link.tick_at = Clock::now() + kTick;
    wake_at(*link.tick_at);
  }
  if (duty.promoted != nullptr) static_cast<Seat*>(duty.promoted)->changed.notify_all();
}

/// Comes without the lock and leaves with it.
void ParentSession::take(Lock& lock, Link& link, Event& event) {
  if (event.kind == Event::Kind::message) return take_message(lock, link, event);
  lock.lock();
  const Time now = Clock::now();
  switch (event.kind) {
    case Event::Kind::connected:
      // The first one is the worker (R6); libzmq cannot refuse a second, but it gets no calls of
      // ours.
      if (link.peer == transport::PeerId::none && !link.lost_at) link.peer = event.peer;
      beat(link, now);
      break;
    case Event::Kind::room:
      flush_queue(link);
      break;
    case Event::Kind::lost:
      if (event.peer != link.peer) break;
      link.lost_at = now;
      link.written = event.written;
      link.ready = false;
      saw_exit(link);
      settle(link, now);
      break;
    case Event::Kind::closed:
      // Ever readable from now on. By then every call has ended; one that slipped in must not wait.
      core_.supervisor.unwatch(link.transport->descriptor());
      if (link.settled && link_.get() == &link && phase_ != Phase::restarting) {
        end_all(engine::Ending::connection_lost);
      }
      break;
    case Event::Kind::message:
      break;
  }
  wake_at(next_time(link));
}

void ParentSession::take_message(Lock& lock, Link& link, Event& event) {
  using protocol::MessageKind;
  protocol::Message message;
  if (const auto reading = protocol_.read(event.payload, message);
      reading != protocol::Reading::message) {
    lock.lock();
    return refused(link, reading, message, event);
  }
  switch (message.kind) {
    case MessageKind::response:
    case MessageKind::error:
      lock.lock();
      if (event.peer == link.peer) answered(link, message, event);
      return;
    case MessageKind::heartbeat:
      lock.lock();
      if (event.peer == link.peer) echoed(link, message, event.payload);
      return;
    case MessageKind::stream_item:
    case MessageKind::credit:
      lock.lock();
      if (event.peer == link.peer) take_stream(link, message, event);
      return;
    case MessageKind::out:
    case MessageKind::err:
      link.output->message(message.kind == MessageKind::out ? OutputStream::out : OutputStream::err,
                           message.text);
      break;
    default:
      break;  // spec 13.3: unknown types are ignored
  }
  lock.lock();
}

/// The open call that a message on `link` belongs to; null: it is late, and counted as such.
Call* ParentSession::find(const Link& link, std::string_view text) {
  const auto id = engine::CallId::parse(text, id_begin_, id_half_);
  return static_cast<Call*>(ledger_.find(id.value_or(engine::CallId{}), epoch_of(link)));
}

void ParentSession::answered(Link& link, const protocol::Message& message, const Event& event) {
  Call* const asked = find(link, message.id);
  if (asked == nullptr) {
    note(events::kLateAnswer, "an answer that nobody waits for", message.id);
    return;
  }
  using Outcome = engine::CircuitBreaker::Outcome;
  Call& call = *asked;
  const std::uint64_t epoch = call.epoch;
  engine::Verdict verdict{};
  ledger_.end(call, engine::Ending::answer, verdict);
  link.any_answer = true;
  const auto ended = [&](Outcome outcome) {
    metrics_.answered(outcome == Outcome::result, Clock::now() - call.begun);
    judge(call, epoch, outcome);
  };
  const Method& method = *call.method;
  if (!message.damage.empty()) {
    ended(Outcome::remote_error);
    finish(call, Reply(method, Failure(ErrorCode::decode, Execution::executed,
                                       std::string(method.label) +
                                           ": the answer cannot be read: " + message.damage)));
  } else if (message.kind == protocol::MessageKind::error) {
    Failure failure = call::remote_failure(method, error_of(message, event.payload));
    ended(outcome_of(failure.code()));
    finish(call, Reply(method, std::move(failure)));
  } else {
    ended(Outcome::result);
    finish(call, Reply(method, part_of(event.payload, message.result), protocol_.format(),
                       options_.absent_result_is_zero ? Reply::Absent::zero : Reply::Absent::nil));
  }
}

void ParentSession::echoed(Link& link, const protocol::Message& message, const Bytes& frame) {
  const auto id = engine::CallId::parse(message.id);
  const Time now = Clock::now();
  std::optional<std::chrono::milliseconds> busy;
  if (message.extras.busy_ms) busy = std::chrono::milliseconds(*message.extras.busy_ms);
  if (!id || !link.heartbeat.echoed(*id, now, busy)) return;
  metrics_.beat(*link.heartbeat.round_trip());
  if (link.heartbeat.stalled()) {
    note(events::kHandlerStalled,
         "a handler of " + name_ + " runs for longer than handler_stall_timeout");
    tripped(breaker_.beat_missed(epoch_of(link), link.heartbeat.exhausted(), now));
  } else {
    breaker_.beat_echoed(epoch_of(link));
    see_circuit();
  }
  if (link.ready || link.lost_at) return wake_at(next_time(link));
  link.interfaces = part_of(frame, message.extras.interfaces);
  if (!suits(link)) return;
  breaker_.connected(epoch_of(link), now);
  restarts_.ready(now);
  link.ready = link.was_ready = true;
  link.ours = message.extras.present;
  ours_ = link.ours;
  note(events::kWorkerReady,
       name_ + (link.ours ? " is ready" : " is ready; its runtime is another's"));
  if (phase_ == Phase::connecting || phase_ == Phase::restarting) phase_ = Phase::ready;
  flush_queue(link);
  phase_changed_.notify_all();
  wake_at(next_time(link));
}

}  // namespace multifrost::session
