#include "session/worker_stream.h"

#include <utility>

#include "session/frame_part.h"
#include "session/worker_session.h"

namespace multifrost::session {
namespace {

bool reads(StreamKind kind) noexcept {
  return kind == StreamKind::to_worker || kind == StreamKind::both;
}
bool writes(StreamKind kind) noexcept {
  return kind == StreamKind::from_worker || kind == StreamKind::both;
}

std::string_view reason(ErrorCode why) noexcept {
  switch (why) {
    case ErrorCode::cancelled:
      return "cancelled by the caller";
    case ErrorCode::connection:
      return "the connection to the caller was lost";
    case ErrorCode::timeout:
      return "its deadline has passed";
    case ErrorCode::shutting_down:
      return "the worker is shutting down";
    default:
      return "the call has been answered";
  }
}

}  // namespace

WorkerStream::WorkerStream(WorkerSession& session, const Method& method, Call call)
    : session_(session),
      protocol_(session.protocol_),
      method_(method),
      call_(std::move(call)),
      intake_(reads(method.stream) ? engine::kStreamWindow : 0),
      outflow_(call_.credit),
      item_({}, protocol_.format()) {
  if (!reads(method.stream)) intake_.end();
  if (!writes(method.stream)) outflow_.close();
}

// ---- the session's

void WorkerStream::welcome() {
  const std::lock_guard lock(mutex_);
  if (reads(method_.stream) && !fault_) give_credit(engine::kStreamWindow);
}

bool WorkerStream::take(const protocol::Message& message, const Bytes& frame) {
  const std::lock_guard lock(mutex_);
  if (ended_ || fault_) return true;
  changed_.notify_all();
  if (!message.damage.empty()) return violated("a message cannot be read: " + message.damage);
  switch (message.kind) {
    case protocol::MessageKind::stream_item:
      return take_item(message, frame);
    case protocol::MessageKind::stream_end:
      if (intake_.state() != engine::StreamIntake::State::open) return true;
      if (!message.has_error) {
        intake_.end();
      } else {
        intake_.fail();
        input_failure_ = failure(ErrorCode::cancelled,
                                 "the caller gave its items up: " + std::string(message.text));
      }
      return true;
    default:
      outflow_.credited(message.count.value_or(0));
      return true;
  }
}

bool WorkerStream::take_item(const protocol::Message& message, const Bytes& frame) {
  using Arrival = engine::StreamIntake::Arrival;
  const auto which = [&] { return "item " + std::to_string(intake_.taken()); };
  switch (reads(method_.stream) ? intake_.arrived(message.count) : Arrival::over_credit) {
    case Arrival::take:
      if (unread_) {
        give_credit(intake_.consumed());
      } else {
        items_.push_back(part_of(frame, message.item));
      }
      return true;
    case Arrival::out_of_sequence:
      return violated(which() + " was expected, the caller sent " +
                      (message.count ? "number " + std::to_string(*message.count) : "one without") +
                      ": an item was lost or came twice");
    case Arrival::over_credit:
      return violated(which() + " was sent without credit");
    case Arrival::late:
      return true;
  }
  return true;
}

bool WorkerStream::violated(std::string_view why) {
  violated_ = true;
  fault_ = failure(ErrorCode::invalid_argument, why);
  outflow_.close();
  return false;
}

void WorkerStream::fail(ErrorCode why) noexcept {
  const std::lock_guard lock(mutex_);
  if (ended_ || fault_) return;
  fault_ = failure(why, reason(why));
  outflow_.close();
  changed_.notify_all();
}

std::optional<Failure> WorkerStream::end(const Failure* handlers) {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  outflow_.close();
  items_.clear();
  changed_.notify_all();
  if (violated_) return fault_;
  // The stream's own exception, let through by the handler: its code says more than "remote".
  const bool let_through = handlers != nullptr && told_ && handlers->code() == ErrorCode::remote &&
                           handlers->remote_type().starts_with("multifrost::");
  return let_through ? told_ : std::nullopt;
}

// ---- the handler's

/// Until `ready`, the end of the call, or its deadline.
template <class Ready>
void WorkerStream::wait(Lock& lock, const Ready& ready) {
  const auto over = [&] { return ready() || fault_ || ended_; };
  if (over()) return;
  ++waiting_;
  if (session_.reads_here()) {
    lock.unlock();
    session_.read_until(call_.deadline, [&] {
      const std::lock_guard look(mutex_);
      return over();
    });
    lock.lock();
  } else {
    session_.stream_waits();
    if (call_.deadline == transport::kNoDeadline) {
      changed_.wait(lock, over);
    } else {
      changed_.wait_until(lock, call_.deadline, over);
    }
  }
  --waiting_;
  if (!over()) fault_ = failure(ErrorCode::timeout, reason(ErrorCode::timeout));
}

Result<std::optional<StreamItem>> WorkerStream::next() {
  Lock lock(mutex_);
  using State = engine::StreamIntake::State;
  wait(lock, [&] { return !items_.empty() || unread_ || intake_.state() != State::open; });
  if (!items_.empty()) {
    StreamItem item(method_.label, given_++, std::move(items_.front()), protocol_.format());
    items_.pop_front();
    if (!fault_) give_credit(intake_.consumed());
    return std::optional<StreamItem>(std::move(item));
  }
  if (fault_) return tell(*fault_);
  if (input_failure_) return tell(*input_failure_);
  if (intake_.state() == State::ended) return std::optional<StreamItem>();
  return failure(ErrorCode::closed,
                 ended_ ? reason(ErrorCode::closed) : "its items are not read any more");
}

Encoder& WorkerStream::begin_item() {
  item_.restart();
  const std::lock_guard lock(mutex_);
  protocol_.begin_item(item_, call_.id, outflow_.next());
  return item_;
}

Result<void> WorkerStream::send_item() {
  protocol_.end_item(item_);
  if (!item_.finish()) return discard_item();
  item_.own();  // the value may die before the message has left
  Lock lock(mutex_);
  using State = engine::StreamOutflow::State;
  wait(lock, [&] { return outflow_.may_send() || outflow_.state() != State::open; });
  if (fault_) return tell(*fault_);
  if (ended_) return failure(ErrorCode::closed, reason(ErrorCode::closed));
  if (outflow_.state() == State::finished) {
    return failure(ErrorCode::invalid_argument, "an item was written after the last one");
  }
  outflow_.take();
  // Under the lock, so that the answer cannot overtake it; it never blocks, and is never full.
  if (session_.transport_->try_send(call_.peer, item_.buffer()) == transport::Sent::gone) {
    fault_ = failure(ErrorCode::connection, reason(ErrorCode::connection));
    outflow_.close();
    return tell(*fault_);
  }
  return {};
}

Failure WorkerStream::discard_item() {
  const std::lock_guard lock(mutex_);
  return item_.failure(ErrorCode::encode, Execution::executed,
                       std::string(method_.label) + ": item " + std::to_string(outflow_.next()));
}

Result<void> WorkerStream::finish() {
  const std::lock_guard lock(mutex_);
  if (fault_) return tell(*fault_);
  outflow_.finish();
  return {};
}

void WorkerStream::give_up() noexcept {
  const std::lock_guard lock(mutex_);
  outflow_.finish();
}

void WorkerStream::cancel() noexcept {
  const std::lock_guard lock(mutex_);
  if (unread_ || ended_ || !reads(method_.stream)) return;
  unread_ = true;
  std::uint64_t credit = 0;
  for (std::size_t i = 0; i < items_.size(); ++i) credit += intake_.consumed();
  items_.clear();
  if (!fault_) give_credit(credit);
  changed_.notify_all();
  if (waits()) session_.wake_fixed();
}

/// 0: none is due.
void WorkerStream::give_credit(std::uint64_t items) {
  if (items == 0 || ended_) return;
  Encoder to({}, protocol_.format());
  protocol_.credit(to, call_.id, items);
  session_.transport_->try_send(call_.peer, to.buffer());
}

Failure WorkerStream::failure(ErrorCode code, std::string_view why) const {
  return {code, Execution::executed, std::string(method_.label).append(": ").append(why)};
}

Failure WorkerStream::tell(Failure failure) {
  told_ = failure;
  return failure;
}

}  // namespace multifrost::session
