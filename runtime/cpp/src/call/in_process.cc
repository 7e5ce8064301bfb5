#include "multifrost/in_process.h"

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "call/handler_outcome.h"
#include "call/in_process_answer.h"
#include "call/in_process_stream.h"
#include "call/interface_match.h"
#include "call/pending_state.h"
#include "engine/deadline_after.h"

namespace multifrost {
namespace {

// Without a session there is no thread to run continuations on: the caller's own does.
class InlineExecutor final : public Executor {
 public:
  void post(std::unique_ptr<Task> task) override { task->run(); }
};

class InProcessChannel final : public Channel {
 public:
  InProcessChannel(Dispatcher& worker, Format format) : worker_(&worker), format_(format) {}

  Result<void> expect(const Interface& interface) override {
    auto failure =
        call::interface_mismatch(interface, {worker_->interface()}, "the worker in this process");
    if (failure) return *std::move(failure);
    return {};
  }

  Result<void> begin(Request& request, std::size_t arguments) override {
    const auto refuse = [&](ErrorCode code, std::string_view why) {
      return Failure(code, Execution::not_executed,
                     std::string(request.method().label).append(": ").append(why));
    };
    const CallOptions& options = request.options();
    if (closed_) return refuse(ErrorCode::closed, "called after close()");
    if (options.stop.stop_requested()) return refuse(ErrorCode::cancelled, "cancelled");
    if (!options.name_space.empty() && options.name_space != worker_->interface().name_space) {
      // Over a wire the worker would ignore the call (spec 3.3) and the caller wait in vain.
      return refuse(ErrorCode::timeout, "no worker serves namespace '" + options.name_space + "'");
    }
    request.encoder() = Encoder({}, format_);
    request.encoder().begin_array(arguments);
    return {};
  }

  Reply call(Request& request) override {
    const Method& method = request.method();
    const std::string where = std::string(method.label) + ": arguments";
    const Result<Bytes> message = message_of(request, where);
    if (!message) return Reply(method, message.failure());
    Decoder arguments(*message, format_);
    std::size_t count = 0;
    if (!arguments.begin_array(count)) {
      return Reply(method, arguments.failure(ErrorCode::internal, Execution::not_executed, where));
    }
    CallContext context = context_for(request);
    call::InProcessAnswer answer(format_);
    IncomingCall incoming(method.name, count, arguments, context, answer);
    call::run(*worker_, incoming);
    return std::move(answer).reply(method);
  }

  std::shared_ptr<PendingCall> start(Request& request) override {
    auto state = std::make_shared<call::PendingState>(executor_);
    state->complete(call(request));
    return state;
  }

  Result<OpenedStream> open_stream(Request& request) override {
    const CallOptions& options = request.options();
    Result<Bytes> message =
        message_of(request, std::string(request.method().label) + ": arguments");
    if (!message) return message.failure();
    auto stream = std::make_shared<call::LocalStream>(
        request.method(), format_, deadline_of(request).value_or(call::LocalStream::Time::max()));
    auto opened = std::make_shared<call::InProcessStream>(
        executor_, std::move(stream),
        call::InProcessStream::Start{worker_, *std::move(message), options.traceparent,
                                     options.tracestate, options.stop});
    const std::lock_guard lock(mutex_);
    std::erase_if(streams_, [](const auto& former) { return former.expired(); });
    streams_.push_back(opened);
    return OpenedStream{opened, opened};
  }

  Executor& executor() noexcept override { return executor_; }
  ChannelState state() const noexcept override {
    return closed_ ? ChannelState::closed : ChannelState::ready;
  }
  Result<void> drain(std::chrono::nanoseconds) override { return {}; }
  Result<void> close(std::chrono::nanoseconds) override {
    closed_ = true;
    std::vector<std::weak_ptr<call::InProcessStream>> streams;
    {
      const std::lock_guard lock(mutex_);
      streams.swap(streams_);
    }
    for (const auto& weak : streams) {
      if (const auto stream = weak.lock()) stream->close();
    }
    return {};
  }

 private:
  /// The arguments as they would travel.
  static Result<Bytes> message_of(Request& request, const std::string& where) {
    Encoder& encoder = request.encoder();
    encoder.end_array();
    if (encoder.finish()) return share(encoder.take_buffer());
    return encoder.failure(ErrorCode::invalid_argument, Execution::not_executed, where);
  }

  static std::optional<CallContext::Clock::time_point> deadline_of(const Request& request) {
    const std::chrono::nanoseconds timeout =
        request.options().timeout.value_or(request.method().timeout);
    if (timeout <= timeout.zero()) return std::nullopt;
    return engine::deadline_after(CallContext::Clock::now(), timeout);
  }

  CallContext context_for(const Request& request) const {
    const CallOptions& options = request.options();
    CallContext context("in-process", "in-process", worker_->interface().name_space,
                        deadline_of(request), options.stop);
    context.set_trace(options.traceparent, options.tracestate);
    return context;
  }

  Dispatcher* worker_;
  Format format_;
  InlineExecutor executor_;
  std::atomic<bool> closed_ = false;
  std::mutex mutex_;
  std::vector<std::weak_ptr<call::InProcessStream>> streams_;  ///< for close()
};

}  // namespace

std::shared_ptr<Channel> in_process_channel(Dispatcher& worker, Format format) {
  return std::make_shared<InProcessChannel>(worker, format);
}

}  // namespace multifrost
