#include "call/in_process_stream.h"

#include <utility>

#include "call/handler_outcome.h"
#include "call/in_process_answer.h"

namespace multifrost::call {
namespace {

std::string label_of(const LocalStream& stream) { return std::string(stream.method.label) + ": "; }

/// The answer to a call with a stream: it lends the handler its end.
class StreamAnswer final : public InProcessAnswer {
 public:
  explicit StreamAnswer(std::shared_ptr<LocalStream> stream)
      : InProcessAnswer(stream->format), stream_(std::move(stream)) {}

  std::shared_ptr<StreamPort> open_stream(const Method& /*method*/) override {
    const std::lock_guard lock(stream_->mutex);
    stream_->to_worker.outflow.credited(engine::kStreamWindow);
    stream_->changed.notify_all();
    return std::make_shared<LocalStreamEnd>(stream_, false);
  }

 private:
  const std::shared_ptr<LocalStream> stream_;
};

}  // namespace

LocalStreamEnd::LocalStreamEnd(std::shared_ptr<LocalStream> stream, bool callers) noexcept
    : stream_(std::move(stream)),
      reads_(callers ? stream_->to_caller : stream_->to_worker),
      writes_(callers ? stream_->to_worker : stream_->to_caller),
      callers_(callers) {}

/// Until `ready`, the end of the call, or its deadline, which ends it.
void LocalStreamEnd::wait(std::unique_lock<std::mutex>& lock, const std::function<bool()>& ready) {
  const auto go_on = [&] { return ready() || stream_->over; };
  if (stream_->deadline == LocalStream::Time::max()) return stream_->changed.wait(lock, go_on);
  if (stream_->changed.wait_until(lock, stream_->deadline, go_on)) return;
  lock.unlock();
  expire(expired());
  lock.lock();
}

Failure LocalStreamEnd::expired() const {
  return {ErrorCode::timeout, Execution::unknown, label_of(*stream_) + "its deadline has passed"};
}

Result<std::optional<StreamItem>> LocalStreamEnd::next() {
  std::unique_lock lock(stream_->mutex);
  using State = engine::StreamIntake::State;
  const auto ready = [&] { return !reads_.items.empty() || reads_.intake.state() != State::open; };
  wait(lock, ready);
  if (!reads_.items.empty()) {
    StreamItem item(stream_->method.label, reads_.given++, std::move(reads_.items.front()),
                    stream_->format);
    reads_.items.pop_front();
    reads_.outflow.credited(reads_.intake.consumed());
    stream_->changed.notify_all();
    return std::optional<StreamItem>(std::move(item));
  }
  if (reads_.given_up) {
    return Failure(ErrorCode::cancelled, Execution::executed,
                   label_of(*stream_) + *reads_.given_up);
  }
  if (stream_->failure) return *stream_->failure;
  if (reads_.intake.state() == State::open) return expired();
  return std::optional<StreamItem>();
}

Encoder& LocalStreamEnd::begin_item() {
  item_ = Encoder({}, stream_->format);
  return item_;
}

Result<void> LocalStreamEnd::send_item() {
  if (!item_.finish()) return discard_item();
  const Bytes item = share(item_.take_buffer());
  std::unique_lock lock(stream_->mutex);
  using State = engine::StreamOutflow::State;
  wait(lock,
       [&] { return writes_.outflow.may_send() || writes_.outflow.state() == State::finished; });
  if (stream_->failure) return *stream_->failure;
  const auto refused = [&](ErrorCode code, const char* why) {
    return Failure(code, Execution::not_executed, label_of(*stream_) + why);
  };
  if (stream_->over) {
    return refused(ErrorCode::closed, "the worker has answered and takes no further items");
  }
  if (writes_.outflow.state() == State::finished) {
    return refused(ErrorCode::invalid_argument, "an item was written after the last one");
  }
  if (!writes_.outflow.may_send()) return expired();
  writes_.intake.arrived(writes_.outflow.take());
  if (writes_.intake.state() == engine::StreamIntake::State::open) writes_.items.push_back(item);
  stream_->changed.notify_all();
  return {};
}

Failure LocalStreamEnd::discard_item() {
  return item_.failure(callers_ ? ErrorCode::invalid_argument : ErrorCode::encode,
                       callers_ ? Execution::not_executed : Execution::executed,
                       label_of(*stream_) + "item " + std::to_string(writes_.outflow.next()));
}

void LocalStreamEnd::end_writing(std::optional<std::string> error) {
  const std::lock_guard lock(stream_->mutex);
  if (!writes_.outflow.finish() || !callers_) return;  // a worker's answer ends its items
  writes_.given_up = std::move(error);
  writes_.intake.end();
  stream_->changed.notify_all();
}

Result<void> LocalStreamEnd::finish() {
  end_writing(std::nullopt);
  const std::lock_guard lock(stream_->mutex);
  if (stream_->failure) return *stream_->failure;
  return {};
}

void LocalStreamEnd::give_up() noexcept { end_writing("the caller gave its items up"); }

void LocalStreamEnd::cancel() noexcept {
  const std::lock_guard lock(stream_->mutex);
  reads_.intake.stop();
  reads_.items.clear();
  // Whoever writes is not held up by nobody's reading.
  reads_.outflow.credited(std::uint64_t{1} << 62);
  stream_->changed.notify_all();
}

InProcessStream::InProcessStream(Executor& executor, std::shared_ptr<LocalStream> stream,
                                 Start start)
    : PendingState(executor), LocalStreamEnd(std::move(stream), true) {
  stream_->to_caller.outflow.credited(engine::kStreamWindow);
  std::stop_token stop = start.stop;
  handler_ = std::thread([this, start = std::move(start)] { run(start); });
  if (stop.stop_possible()) on_stop_.emplace(std::move(stop), Cancel{this});
}

InProcessStream::~InProcessStream() {
  on_stop_.reset();
  // A continuation that drops the last handle runs on the handler's own thread, at its very end.
  handler_.get_id() == std::this_thread::get_id() ? handler_.detach() : handler_.join();
}

void InProcessStream::run(const Start& start) {
  const Method& method = stream_->method;
  Decoder arguments(start.message, stream_->format);
  std::size_t count = 0;
  arguments.begin_array(count);
  std::optional<CallContext::Clock::time_point> deadline;
  if (stream_->deadline != LocalStream::Time::max()) deadline = stream_->deadline;
  CallContext context("in-process", "in-process", start.worker->interface().name_space, deadline,
                      stream_->stop.get_token());
  context.set_trace(start.traceparent, start.tracestate);
  StreamAnswer answer(stream_);
  IncomingCall incoming(method.name, count, arguments, context, answer);
  call::run(*start.worker, incoming);
  end(std::move(answer).reply(method));
}

void InProcessStream::end(Reply reply) {
  stream_->stop.request_stop();  // first: a handler whose write fails finds it stopped
  {
    const std::lock_guard lock(stream_->mutex);
    if (std::exchange(stream_->over, true)) return;
    if (!reply.ok()) stream_->failure = reply.failure();
    for (LocalStream::Direction* const one : {&stream_->to_caller, &stream_->to_worker}) {
      one->outflow.close();
      one->intake.end();
    }
    stream_->changed.notify_all();
  }
  complete(std::move(reply));
}

void InProcessStream::cancel() noexcept {
  end(Reply(stream_->method, Failure(ErrorCode::cancelled, Execution::unknown,
                                     label_of(*stream_) + "cancelled by the caller")));
}

void InProcessStream::close() {
  end(Reply(stream_->method, Failure(ErrorCode::closed, Execution::unknown,
                                     label_of(*stream_) + "the channel was closed")));
}

void InProcessStream::expire(const Failure& failure) { end(Reply(stream_->method, failure)); }

}  // namespace multifrost::call
