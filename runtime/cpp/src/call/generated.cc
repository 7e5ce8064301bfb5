#include "multifrost/generated.h"

namespace multifrost {

Client::Client(std::shared_ptr<Channel> channel, CallOptions options, const Interface& expected)
    : Client(std::move(channel), std::move(options)) {
  channel_->expect(expected).value();
}

namespace detail {

std::string finish_describe(std::string_view type, const Encoder& written, bool good) {
  std::string text(type);
  if (good) {
    return text.append(written.buffer().view().as_text());
  }
  return text + '{' + written.failure("").message() + '}';
}

}  // namespace detail

Failure streams_unimplemented(const Method& method) {
  return Failure(
      ErrorCode::unimplemented, Execution::not_executed,
      std::string(method.label) + ": this connection carries no streams; return a list instead");
}

}  // namespace multifrost
