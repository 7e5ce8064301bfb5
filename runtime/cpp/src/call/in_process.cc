#include "multifrost/in_process.h"

#include <atomic>
#include <string>

#include "call/handler_outcome.h"
#include "call/interface_match.h"
#include "call/pending_state.h"
#include "call/remote_error.h"

namespace multifrost {
namespace {

// Without a session there is no thread to run continuations on: the caller's own does.
class InlineExecutor final : public Executor {
 public:
  void post(std::unique_ptr<Task> task) override { task->run(); }
};

// Keeps the worker's answer as it would travel.
class Answer final : public AnswerSink {
 public:
  explicit Answer(Format format) : result_({}, format) {}

  Encoder& begin_result() override { return result_; }
  void finish_result() override {
    if (!result_.finish()) failure_ = result_.failure("result");
  }
  void fail(const Failure& failure) override { failure_ = failure; }

  Reply reply(const Method& method) && {
    if (!failure_) return Reply(method, share(result_.take_buffer()), result_.format());
    const std::string text = call::error_text(*failure_);
    const bool declared = failure_->code() == ErrorCode::declared;
    return Reply(method,
                 call::remote_failure(
                     method, {.text = text,
                              .code = static_cast<std::uint64_t>(failure_->code()),
                              .executed = failure_->execution() != Execution::not_executed,
                              .type = declared ? failure_->remote_type() : std::string_view(),
                              .fields = failure_->data().details}));
  }

 private:
  Encoder result_;
  std::optional<Failure> failure_;
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
    Encoder& encoder = request.encoder();
    encoder.end_array();
    if (!encoder.finish()) {
      return Reply(method,
                   encoder.failure(ErrorCode::invalid_argument, Execution::not_executed, where));
    }
    const Bytes message = share(encoder.take_buffer());
    Decoder arguments(message, format_);
    std::size_t count = 0;
    if (!arguments.begin_array(count)) {
      return Reply(method, arguments.failure(ErrorCode::internal, Execution::not_executed, where));
    }
    CallContext context = context_for(request);
    Answer answer(format_);
    IncomingCall incoming(method.name, count, arguments, context, answer);
    call::run(*worker_, incoming);
    return std::move(answer).reply(method);
  }

  std::shared_ptr<PendingCall> start(Request& request) override {
    auto state = std::make_shared<call::PendingState>(executor_);
    state->complete(call(request));
    return state;
  }

  Executor& executor() noexcept override { return executor_; }
  ChannelState state() const noexcept override {
    return closed_ ? ChannelState::closed : ChannelState::ready;
  }
  Result<void> drain(std::chrono::nanoseconds) override { return {}; }
  Result<void> close(std::chrono::nanoseconds) override {
    closed_ = true;
    return {};
  }

 private:
  CallContext context_for(const Request& request) const {
    const CallOptions& options = request.options();
    const std::chrono::nanoseconds timeout = options.timeout.value_or(request.method().timeout);
    std::optional<CallContext::Clock::time_point> deadline;
    if (timeout > timeout.zero()) deadline = CallContext::Clock::now() + timeout;
    CallContext context("in-process", "in-process", worker_->interface().name_space, deadline,
                        options.stop);
    context.set_trace(options.traceparent, options.tracestate);
    return context;
  }

  Dispatcher* worker_;
  Format format_;
  InlineExecutor executor_;
  std::atomic<bool> closed_ = false;
};

}  // namespace

std::shared_ptr<Channel> in_process_channel(Dispatcher& worker, Format format) {
  return std::make_shared<InProcessChannel>(worker, format);
}

}  // namespace multifrost
