// A worker with concurrency above 1: the fixed thread reads, handler threads take calls from the
// queue (R2).
//
// A call begins, in the table of running calls, while it leaves the queue: whoever looks for it,
// to cancel it or because its parent is gone, finds it in one place or the other.
#include "session/worker_session.h"

namespace multifrost::session {
namespace {

thread_local const WorkerSession* handling = nullptr;  ///< whose handlers this thread runs

}  // namespace

bool WorkerSession::on_handler_thread(const WorkerSession* session) noexcept {
  return session != nullptr && handling == session;
}

void WorkerSession::start_handlers() {
  for (std::size_t i = 1; i < slots_.size(); ++i) {
    handlers_.emplace_back([this, i] { handle_calls(*slots_[i]); });
  }
}

/// The fixed thread's: it is the only reader, and stops when too much waits (R3).
void WorkerSession::feed_handlers() {
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return stopping_ || may_read(); });
  }
  transport::Event event;
  if (transport_->receive(event, transport::kNoDeadline) == transport::Received::event) {
    handle(event, false);
  }
}

/// What has been received is refused at once, while the running calls end.
void WorkerSession::end_handlers() {
  refuse_the_rest();
  for (std::thread& handler : handlers_) handler.join();
}

void WorkerSession::handle_calls(HandlerSlot& slot) {
  handling = this;
  while (auto call = wait_for_call(slot)) {
    run_queued(slot, *call);
    slot.end(mutex_);
  }
}

/// Blocks; none: the worker stops.
std::optional<WaitingCall> WorkerSession::wait_for_call(HandlerSlot& slot) {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  if (stopping_) return std::nullopt;
  const bool was_full = queue_.bytes() > options_.queued_bytes;
  std::optional<WaitingCall> call = queue_.pop();
  slot.begin(call->peer, call->id, Clock::now());
  if (was_full) room_.notify_all();
  return call;
}

}  // namespace multifrost::session
