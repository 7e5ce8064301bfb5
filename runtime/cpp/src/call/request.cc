// Request and Reply: what generated clients send and get.
#include <string>

#include "call/pending_state.h"
#include "multifrost/channel.h"
#include "multifrost/generated.h"
#include "multifrost/pending.h"
#include "multifrost/stream.h"

namespace multifrost {
[[gnu::hot]] Request::Request(Channel& channel, const Method& method, const CallOptions& options,
                              std::size_t arguments)
    : channel_(&channel), method_(&method), options_(&options), expected_(arguments) {
  Result<void> ready = channel.begin(*this, arguments);
  if (!ready) refused_ = ready.failure();
}

Request::Request(Request&&) noexcept = default;
[[gnu::hot]] Request::~Request() = default;

void Request::refuse_argument() {
  std::string where = std::string(method_->label) + ": ";
  if (written_ <= method_->parameters.size()) {
    where.append(method_->parameters[written_ - 1]);
  } else {
    where.append("argument ").append(std::to_string(written_));
  }
  refused_ = encoder_.failure(ErrorCode::invalid_argument, Execution::not_executed, where);
}

void Request::refuse_hole(std::string_view empty, std::string_view set) {
  if (refused_) return;
  refused_ = Failure(ErrorCode::invalid_argument, Execution::not_executed,
                     std::string(method_->label) + ": " + std::string(set) + " is given, but " +
                         std::string(empty) +
                         " before it is not; arguments are positional, none can be left out");
}

[[gnu::hot]] const std::optional<Failure>& Request::seal() {
  if (!refused_ && written_ != expected_) {
    refused_ = Failure(ErrorCode::internal, Execution::not_executed,
                       std::string(method_->label) + ": " + std::to_string(written_) +
                           " arguments were written where " + std::to_string(expected_) +
                           " were announced");
  }
  return refused_;
}

[[gnu::hot, gnu::always_inline]] inline Reply Request::exchange() {
  if (seal()) return Reply(*method_, *refused_);
  return channel_->call(*this);
}

Reply Request::send_and_wait() && { return exchange(); }

[[gnu::hot]] void Request::get(detail::ReadValue* read_value, void* into) && {
  Reply reply = exchange();
  if (!reply.read(read_value, into)) reply.failure().raise();
}

[[gnu::hot]] std::shared_ptr<PendingCall> Request::start() && {
  encoder_.own();  // the arguments need not outlive this call
  if (!seal()) return channel_->start(*this);
  auto state = std::make_shared<call::PendingState>(channel_->executor());
  state->complete(Reply(*method_, *refused_));
  return state;
}

Result<OpenedStream> Request::open_stream() && {
  encoder_.own();
  if (seal()) return *refused_;
  return channel_->open_stream(*this);
}

Result<OpenedStream> Channel::open_stream(Request& request) {
  return streams_unimplemented(request.method());
}

Reply::Reply(const Reply&) = default;
[[gnu::hot]] Reply::Reply(Reply&&) noexcept = default;
Reply& Reply::operator=(const Reply&) = default;
Reply& Reply::operator=(Reply&&) noexcept = default;
[[gnu::hot]] Reply::~Reply() = default;

[[gnu::hot]] bool Reply::read(detail::ReadValue* read_value, void* into) {
  if (failure_) return false;
  const bool absent = result_.empty();
  if (absent && absent_ == Absent::zero) return true;
  // Absent reads as nil (idl rule 15).
  Decoder from = absent ? Decoder(BytesView(std::string_view("\xc0"))) : Decoder(result_, format_);
  if (read_value(from, into) && from.finish()) return true;

  std::string why = from.describe(std::string(method_->label) + ": result");
  if (absent) {
    why.append(
        "; the answer holds no result at all (a worker written in Go leaves out 0, false, \"\", [] "
        "and nil: declare the result as optional, or set absent_result_is_zero)");
  }
  failure_.emplace(ErrorCode::decode, Execution::executed, std::move(why));
  return false;
}

}  // namespace multifrost
