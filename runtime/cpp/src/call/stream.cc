#include "multifrost/stream.h"

#include <string>

namespace multifrost {

std::optional<Failure> StreamItem::read(detail::ReadValue* read_value, void* into) const {
  Decoder from(value_, format_);
  if (read_value(from, into) && from.finish()) return std::nullopt;
  return from.failure(ErrorCode::decode, Execution::executed,
                      std::string(label_).append(": item ").append(std::to_string(index_)));
}

namespace detail {

Result<bool> read_item(StreamPort& port, ReadValue* read, void* into) {
  const Result<std::optional<StreamItem>> item = port.next();
  if (!item) return item.failure();
  if (!*item) return false;
  if (auto failure = (*item)->read(read, into)) return *std::move(failure);
  return true;
}

Result<void> write_item(StreamPort& port, WriteValue* write, const void* item) {
  Encoder& to = port.begin_item();
  if (!write(to, item)) return port.discard_item();
  return port.send_item();
}

}  // namespace detail

}  // namespace multifrost
