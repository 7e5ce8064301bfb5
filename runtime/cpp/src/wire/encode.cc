// One value by itself, whatever its type.
#include "multifrost/encode.h"

#include "multifrost/decoder.h"

namespace multifrost::detail {

Result<Bytes> encode(WriteValue* write, const void* value, Format format) {
  Encoder to({}, format);
  if (write(to, value) && to.finish()) return share(to.take_buffer());
  return to.failure(ErrorCode::invalid_argument, Execution::not_executed, "value");
}

std::optional<Failure> decode(ReadValue* read, void* into, const Bytes& encoded, Format format) {
  Decoder from(encoded, format);
  if (read(from, into) && from.finish()) return std::nullopt;
  return from.failure(ErrorCode::decode, Execution::not_executed, "value");
}

}  // namespace multifrost::detail
