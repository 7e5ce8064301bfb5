#include "multifrost/generated.h"

namespace multifrost {

namespace detail {

std::string describe(std::string_view type, WriteValue* write, const void* value) {
  Encoder to({}, Format::json);
  std::string text(type);
  if (write(to, value) && to.finish()) return text.append(to.buffer().view().as_text());
  return text + '{' + to.failure("").message() + '}';
}

bool read_details(const Failure& failure, ReadValue* read, void* into) {
  const Bytes& details = failure.data().details;
  if (details.empty()) return false;
  Decoder from(details, Format::msgpack);
  return read(from, into) && from.finish();
}

}  // namespace detail

Failure streams_unimplemented(const Method& method) {
  return Failure(
      ErrorCode::unimplemented, Execution::not_executed,
      std::string(method.label) + ": this connection carries no streams; return a list instead");
}

}  // namespace multifrost
