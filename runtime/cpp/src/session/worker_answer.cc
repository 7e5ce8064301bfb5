#include "session/worker_answer.h"

#include <utility>

#include "call/remote_error.h"
#include "multifrost/trace_context.h"
#include "session/worker_stream.h"

namespace multifrost::session {

/// A buffer that a large answer has grown beyond this is not kept.
constexpr std::size_t kKept = 256 * 1024;

[[gnu::hot]] void WorkerAnswer::open(transport::Outlet& outlet,
                                     const protocol::Message& call) noexcept {
  outlet_ = &outlet;
  id_ = call.id;
  function_ = call.function;
  traceparent_ = call.traceparent;
  urgency_ = transport::Urgency::now;
}

[[gnu::hot]] Encoder& WorkerAnswer::begin_result() {
  encoder_.restart();
  written_at_ = std::chrono::steady_clock::now();
  protocol_.begin_response(encoder_, id_, written_at_);
  return encoder_;
}

[[gnu::hot]] void WorkerAnswer::finish_result() {
  if (stream_ != nullptr) {
    if (const auto instead = end_stream(nullptr)) return write_failure(*instead);
  }
  protocol_.end_response(encoder_);
  send();
}

void WorkerAnswer::fail(const Failure& failure) {
  if (stream_ != nullptr) {
    if (const auto instead = end_stream(&failure)) return write_failure(*instead);
  }
  write_failure(failure);
}

std::shared_ptr<StreamPort> WorkerAnswer::open_stream(const Method& method) {
  if (stream_ == nullptr && open_) stream_ = open_(method);
  return stream_;
}

std::optional<Failure> WorkerAnswer::end_stream(const Failure* handlers) {
  return std::exchange(stream_, nullptr)->end(handlers);
}

void WorkerAnswer::write_failure(const Failure& failure) {
  encoder_.restart();
  written_at_ = std::chrono::steady_clock::now();
  const std::string text = call::error_text(failure);
  protocol_.error(encoder_, id_, text,
                  {.code = failure.code(),
                   .execution = failure.execution(),
                   .type = failure.data().declared != nullptr ? failure.data().declared->name
                                                              : std::string_view(),
                   .fields = failure.data().details.view()});
  send();
  if (log_.wants(events::kCallFailed)) record(text);
}

void WorkerAnswer::record(std::string_view text) const {
  std::string message(function_);
  message.append(message.empty() ? "" : ": ").append(text);
  log_(events::kCallFailed, message,
       {.worker = worker_, .call_id = id_, .trace_id = trace_id(traceparent_)});
}

[[gnu::hot]] void WorkerAnswer::send() {
  encoder_.finish();
  // Gone: nobody waits any more. A worker's queue is never full (transport.h).
  outlet_->try_send(encoder_.buffer(), nullptr, urgency_);
  if (encoder_.buffer().capacity() > kKept) encoder_ = Encoder({}, protocol_.format());
}

}  // namespace multifrost::session
