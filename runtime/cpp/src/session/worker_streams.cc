// Calls with streams of a worker's session (wire page "Streams"): their beginning, the way of their
// messages to them, and reading while a handler waits.
#include "session/worker_session.h"
#include "session/worker_stream.h"

namespace multifrost::session {

using transport::Event;
using transport::PeerId;
using transport::Received;

/// From the skeleton, when the arguments have been read: the caller's items are welcome.
std::shared_ptr<WorkerStream> WorkerSession::open_stream(HandlerSlot& slot, const Method& method) {
  auto stream = std::make_shared<WorkerStream>(
      *this, method,
      WorkerStream::Call{.peer = slot.peer,
                         .id = std::string(slot.id),
                         .credit = slot.credit.value_or(0),
                         .deadline = slot.deadline.value_or(transport::kNoDeadline)});
  bool stopped = false;
  {
    const std::lock_guard lock(mutex_);
    slot.stream = stream;
    stopped = slot.stop_used;
  }
  if (stopped) stream->fail(slot.stopped_by);
  stream->welcome();
  return stream;
}

/// A caller whose interface says otherwise than ours about what streams, or who has no streams.
void WorkerSession::refuse_stream(HandlerSlot& slot, const protocol::Message& call,
                                  const Function& function) {
  const std::string name = "'" + std::string(call.function) + "'";
  std::string why;
  if (function.gives_stream == call.extras.credit.has_value()) {
    why =
        " takes a stream of items, which this caller does not send: it needs a client that was "
        "generated for it";
  } else if (call.extras.credit) {
    why = " gives no stream of results, and the caller asks for one";
  } else {
    why =
        " gives a stream of results, which this caller does not take: it needs a client that was "
        "generated for it";
  }
  slot.answer.fail({ErrorCode::invalid_argument, Execution::not_executed, name + why});
}

bool WorkerSession::has_streams(PeerId peer) {
  const std::lock_guard lock(mutex_);
  return ours_.contains(peer);
}

/// Messages for a call that does not run, or that has no stream, are nobody's.
void WorkerSession::take_stream(PeerId peer, const protocol::Message& message, const Event& event) {
  std::shared_ptr<WorkerStream> stream;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& slot : slots_) {
      if (slot->runs(peer, message.id)) stream = slot->stream;
    }
  }
  if (!stream || stream->take(message, event.payload)) return;
  stop_running(ErrorCode::cancelled,
               [&](HandlerSlot& slot) { return slot.runs(peer, message.id); });
}

/// Whether this thread reads while a handler waits: nobody else would, for the length of a tick.
bool WorkerSession::reads_here() const noexcept {
  return one_by_one() && std::this_thread::get_id() == fixed_;
}

/// The fixed thread's, from within a handler. To the read role the handler has ended meanwhile.
void WorkerSession::read_until(Clock::time_point deadline, const std::function<bool()>& done) {
  if (!role_.end_handler()) take_reading_back();
  while (!done()) {
    Event event;
    const Received received = transport_->receive(event, deadline, fixed_wake_.get());
    if (received == Received::timeout) break;
    if (received == Received::woken) {
      fixed_wake_.clear();
    } else {
      handle(event, false);
    }
  }
  if (role_.begin_handler()) tick_.arm(kTick);
}

/// Some other thread waits for messages: whoever has stopped reading goes on (may_read).
void WorkerSession::stream_waits() {
  const std::lock_guard lock(mutex_);
  if (queue_.bytes() <= options_.queued_bytes) return;
  room_.notify_all();
  standby_wake_.set();
}

/// Under the lock. When too much is queued the reading stops, the parents' own queues hold the
/// rest, and nothing is dropped (R3); but not while a running call waits for what lies behind.
bool WorkerSession::may_read() const {
  if (queue_.bytes() <= options_.queued_bytes) return true;
  for (const auto& slot : slots_) {
    if (slot->stream && slot->stream->waits()) return true;
  }
  return false;
}

void WorkerSession::queue(WaitingCall call) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.bytes() <= options_.queued_bytes) {
      queue_.push(std::move(call));
      queued_ = true;
      if (!one_by_one()) arrived_.notify_one();
      return;
    }
  }
  protocol::Message message;
  protocol_.read(call.frame, message);
  const auto outlet = transport_->outlet(call.peer);
  WorkerAnswer refusal(protocol_, options_.log, options_.name);
  refusal.open(*outlet, message);
  refusal.fail({ErrorCode::overloaded, Execution::not_executed,
                "too many calls wait behind one whose stream they must not hold up"});
}

}  // namespace multifrost::session
