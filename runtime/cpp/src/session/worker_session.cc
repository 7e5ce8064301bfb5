// The worker's fixed thread: reads, runs handlers, answers. The standby's half is
// worker_control.cc.
#include "session/worker_session.h"

#include <algorithm>
#include <utility>

#include "call/handler_outcome.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;
using transport::Event;
using transport::Received;

/// A handler this quick may keep the answers before its own waiting.
constexpr auto kQuick = 100us;

/// How long the last answers may take to leave before the worker ends anyway.
constexpr auto kFinish = 500ms;

Failure not_executed(ErrorCode code, std::string text) {
  return {code, Execution::not_executed, std::move(text)};
}

}  // namespace

WorkerSession::WorkerSession(std::unique_ptr<transport::Transport> transport,
                             const protocol::Protocol& protocol, const FunctionTable& functions,
                             const WorkerOptions& options)
    : transport_(std::move(transport)),
      protocol_(protocol),
      functions_(functions),
      options_(options) {
  // With concurrency the fixed thread's place is only used to refuse calls.
  const std::size_t slots = options.concurrency > 1 ? 1 + options.concurrency : 1;
  for (std::size_t i = 0; i < slots; ++i) {
    HandlerSlot& slot =
        *slots_.emplace_back(std::make_unique<HandlerSlot>(protocol, options_.log, options_.name));
    slot.answer.lend_streams(
        [this, &slot](const Method& method) { return open_stream(slot, method); });
  }
  outside_.add(standby_wake_.get(), kWake);
  if (options.lifeline != nullptr && options.lifeline->descriptor() >= 0) {
    outside_.add(options.lifeline->descriptor(), kLifeline);
  }
  if (options.signals >= 0) outside_.add(options.signals, kSignals);
  // The fixed thread may sleep where it does not see room for what other threads have sent.
  const int flush = transport_->flush_descriptor();
  if (flush != transport::kNoDescriptor) outside_.add(flush, kFlush);
}

WorkerSession::~WorkerSession() = default;

void WorkerSession::stop() noexcept {
  stopping_ = true;
  stop_all();  // takes the lock: nobody who waits has missed it
  arrived_.notify_all();
  room_.notify_all();
  transport_->stop_receiving();
}

void WorkerSession::serve() {
  fixed_ = std::this_thread::get_id();
  standby_ = std::thread([this] { standby(); });
  if (one_by_one()) {
    while (!stopping_) take_next();
  } else {
    start_handlers();
    while (!stopping_) feed_handlers();
    end_handlers();
  }
  standby_ends_ = true;
  standby_wake_.set();
  standby_.join();
  refuse_the_rest();
}

void WorkerSession::finish() { transport_->finish(Clock::now() + kFinish); }

[[gnu::hot, gnu::always_inline]] inline void WorkerSession::take_next() {
  if (auto queued = next_queued()) return run_queued(*slots_.front(), *queued);
  Event event;
  if (!transport_->buffered()) looked_at_.reset();  // it may sleep now
  // No descriptor to wake it: with a single parent that saves a system call for each call.
  if (transport_->receive(event, transport::kNoDeadline) == Received::event) handle(event, true);
}

/// Calls that have arrived together share one look at the clock with the answer between them.
[[gnu::hot]] WorkerSession::Clock::time_point WorkerSession::looked_at() {
  if (!looked_at_) looked_at_ = Clock::now();
  return *looked_at_;
}

[[gnu::hot]] std::optional<WaitingCall> WorkerSession::next_queued() {
  if (!queued_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) {
    queued_ = false;
    return std::nullopt;
  }
  return queue_.pop();
}

void WorkerSession::run_queued(HandlerSlot& slot, WaitingCall& waiting) {
  protocol::Message call;
  if (protocol_.read(waiting.frame, call) == protocol::Reading::message) {
    run(slot, call, waiting, Clock::now());
  }
}

[[gnu::hot]] void WorkerSession::run(HandlerSlot& slot, const protocol::Message& call,
                                     WaitingCall& waiting, Clock::time_point begin) {
  slot.know_caller(*transport_, waiting.peer);
  slot.answer.open(*slot.outlet, call);
  if (!call.damage.empty()) {
    slot.answer.fail(not_executed(ErrorCode::invalid_argument, "unreadable call: " + call.damage));
  } else if (!call.has_function) {
    slot.answer.fail(not_executed(ErrorCode::invalid_argument, "Message missing 'function' field"));
  } else {
    run_handler(slot, call, waiting, begin);
  }
  if (one_by_one()) looked_at_ = std::max(begin, slot.answer.written_at());
}

[[gnu::hot, gnu::always_inline]] inline void WorkerSession::run_handler(
    HandlerSlot& slot, const protocol::Message& call, WaitingCall& waiting,
    Clock::time_point begin) {
  const std::string_view name_space = call.name_space.empty() ? "default" : call.name_space;
  const Function* const function = slot.last_function.find(functions_, name_space, call.function);
  // Spec 3.3: a call for another namespace is ignored; another worker may be meant.
  if (function == nullptr && !functions_.has_name_space(name_space)) return;
  const auto refuse = [&](ErrorCode code, std::string_view before, std::string_view after) {
    slot.answer.fail(not_executed(
        code, std::string(before).append("'").append(call.function).append("'").append(after)));
  };
  if (call.function.starts_with('_')) {
    return refuse(ErrorCode::private_function, "Cannot call private method ", "");
  }
  if (function == nullptr) {
    return refuse(ErrorCode::function_not_found, "Function ", " not found");
  }
  if (stopping_) {
    return refuse(ErrorCode::shutting_down, "the worker is shutting down: ", " was not executed");
  }
  invoke(slot, call, waiting, *function, begin);
}

[[gnu::hot, gnu::always_inline]] inline void WorkerSession::invoke(HandlerSlot& slot,
                                                                   const protocol::Message& call,
                                                                   WaitingCall& waiting,
                                                                   const Function& function,
                                                                   Clock::time_point begin) {
  slot.deadline.reset();
  if (call.extras.deadline_ms) {
    const auto most = static_cast<std::uint64_t>(std::chrono::milliseconds(24h * 365).count());
    const auto deadline =
        waiting.arrived + std::chrono::milliseconds(std::min(*call.extras.deadline_ms, most));
    slot.deadline.emplace(deadline);
    if (begin >= deadline) {
      return slot.answer.fail(not_executed(
          ErrorCode::expired, "the call's deadline had passed before the worker began it"));
    }
  }
  if (call.extras.credit.has_value() != function.gives_stream)
    return refuse_stream(slot, call, function);
  if (function.takes_stream && !call.extras.present && !has_streams(waiting.peer)) {
    return refuse_stream(slot, call, function);
  }
  slot.credit = call.extras.credit;
  const bool batch = one_by_one() && begin_batch(function, waiting.more);
  begin_handler(slot, waiting, begin);

  const std::string_view name_space = call.name_space.empty() ? "default" : call.name_space;
  slot.context.begin(slot.caller_name, call.id, name_space, slot.deadline);
  if (!call.traceparent.empty()) slot.context.set_trace(call.traceparent, call.tracestate);
  waiting.frame.narrow(call.arguments_at);
  Decoder arguments(waiting.frame, protocol_.format());
  IncomingCall incoming(call.function, call.arguments, arguments, slot.context, slot.answer);
  incoming.know(function.method, function.place);
  call::run(*function.dispatcher, incoming);

  if (batch) function.quick = slot.answer.written_at() - begin < kQuick;
  end_handler(slot);
}

void WorkerSession::stop_all() noexcept {
  stop_running(ErrorCode::shutting_down, [](HandlerSlot&) { return true; });
}

[[gnu::hot]] void WorkerSession::begin_handler(HandlerSlot& slot, const WaitingCall& waiting,
                                               Clock::time_point begin) {
  if (!one_by_one()) return;  // it has begun when it was taken (wait_for_call)
  slot.begin(waiting.peer, waiting.id, begin);
  if (stopping_) stop_all();
  if (role_.begin_handler()) tick_.arm(kTick);
}

[[gnu::hot]] void WorkerSession::end_handler(HandlerSlot& slot) {
  slot.end(mutex_);
  if (one_by_one() && !role_.end_handler()) take_reading_back();
}

void WorkerSession::take_reading_back() {
  standby_wake_.set();
  const int wake = fixed_wake_.get();
  while (!role_.taken_back()) {
    transport::wait_readable(&wake, 1, transport::kNoDeadline);
    fixed_wake_.clear();
  }
}

void WorkerSession::refuse_the_rest() {
  // What has been received is answered; what still travels ends with the connection.
  stopping_ = true;
  for (;;) {
    if (auto queued = next_queued()) {
      run_queued(*slots_.front(), *queued);
      continue;
    }
    Event event;
    if (transport_->try_receive(event) != Received::event || event.kind == Event::Kind::closed) {
      return;
    }
    handle(event, true);
  }
}

/// When further calls of this parent (`more`) have been received already, their answers can leave
/// together. Answers that wait do not wait for a handler that takes long or is not known yet.
[[gnu::hot]] bool WorkerSession::begin_batch(const Function& function, bool more) {
  if (!function.quick) transport_->release();
  if (more) slots_.front()->answer.set_urgency(transport::Urgency::held);
  return more;
}

}  // namespace multifrost::session
