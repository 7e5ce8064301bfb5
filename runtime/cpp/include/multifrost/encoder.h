// Writes one value after another into a message: msgpack in a single pass, other formats behind one branch.
//
// Generated code sees only this class, never a format. Sizes are given before the items. A value that must
// not travel (NaN in an f64, an integer out of range) makes the write return false; every level then adds
// its part of the path with `inside` while it returns, so the good path pays nothing for good messages.
// A value for one thread at a time; nothing blocks; only allocation throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "multifrost/buffer.h"
#include "multifrost/failure.h"

namespace multifrost {

enum class Format : std::uint8_t {
  msgpack,
  json,  ///< text; bytes as base64 under {"$bytes": …}, see docs/wire.md: for debugging and JSON protocols
};

class Encoder {
 public:
  explicit Encoder(Buffer buffer = {}, Format format = Format::msgpack) noexcept
      : buffer_(std::move(buffer)), format_(format) {}

  // Scalars. They return true, so that generated code can chain them with &&.
  bool null();
  bool boolean(bool value);
  bool integer(std::int64_t value);            ///< in its shortest form (wire page "Numbers")
  bool unsigned_integer(std::uint64_t value);  ///< in its shortest form
  bool floating(double value);                 ///< any double, NaN included: codecs decide what is legal
  bool string(std::string_view utf8);
  bool bytes(BytesView value);
  bool extension(std::int8_t type, BytesView data);

  // Containers: begin, then `count` items (for maps: key() and an item, `count` times), then end.
  bool begin_array(std::size_t count);
  void end_array();
  bool begin_map(std::size_t count);
  bool key(std::string_view name);
  void end_map();

  /// Says why a value cannot be written; returns false.
  bool refuse(std::string reason);
  /// Adds ".member", "[index]" or "[\"key\"]" in front of the path of what was refused; returns false.
  bool inside(std::string_view member);
  bool inside(std::size_t index);
  bool inside_key(std::string_view key);
  const std::string& path() const noexcept;
  const std::string& reason() const noexcept;
  /// The refusal as `encode` failure: "<where><path>: <reason>".
  Failure failure(std::string_view where) const;

  Format format() const noexcept { return format_; }
  const Buffer& buffer() const noexcept { return buffer_; }
  Buffer& buffer() noexcept { return buffer_; }
  Buffer take_buffer() noexcept { return std::move(buffer_); }

 private:
  struct Refusal;
  Buffer buffer_;
  Format format_;
  // Refusal and the JSON state live out of line; the owner of this room decides how.
};

}  // namespace multifrost
