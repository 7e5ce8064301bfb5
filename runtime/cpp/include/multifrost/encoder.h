// Writes one value after another into a message: msgpack in a single pass, other formats made from
// it at the end.
//
// Generated code sees only this class, never a format. Sizes are given before the items. A value
// that must not travel (NaN in an f64, an integer out of range) makes the write return false; every
// level then adds its part of the path with `inside` while it returns, so the good path pays
// nothing for good messages. A value for one thread at a time; nothing blocks; only allocation
// throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "multifrost/buffer.h"
#include "multifrost/failure.h"
#include "multifrost/refusal.h"

namespace multifrost {

enum class Format : std::uint8_t {
  msgpack,
  json,  ///< text; bytes as base64 under {"$bytes": …}, see docs/wire.md: for debugging and JSON
         ///< protocols
};

class Encoder : private Refusal {
 public:
  explicit Encoder(Buffer buffer = {}, Format format = Format::msgpack) noexcept
      : buffer_(std::move(buffer)), format_(format) {}

  // Scalars. They return true, so that generated code can chain them with &&.
  bool null();
  bool boolean(bool value);
  /// In its shortest form (wire page "Numbers").
  bool integer(std::int64_t value);
  /// In its shortest form.
  bool unsigned_integer(std::uint64_t value);
  /// Any double, NaN included: codecs decide what is legal.
  bool floating(double value);
  bool string(std::string_view utf8);
  /// Short literals, the envelope's words: a move or two.
  template <std::size_t size>
  requires(size <= 32) bool string(const char (&literal)[size]) {
    char* to = buffer_.extend(size);
    *to = static_cast<char>(0xa0 | (size - 1));
    std::memcpy(to + 1, literal, size - 1);
    return true;
  }
  bool bytes(BytesView value);
  /// Large ones are shared instead of copied.
  bool bytes(const Bytes& value);
  /// Large ones are borrowed instead of copied: for a call that ends before `value` does, else see
  /// own().
  bool borrowed_bytes(BytesView value);
  bool extension(std::int8_t type, BytesView data);
  /// Values that are msgpack already, as Decoder::raw() gave them.
  bool raw(BytesView encoded);

  // Containers: begin, then `count` items (for maps: key() and an item, `count` times), then end.
  bool begin_array(std::size_t count);
  void end_array() noexcept {}
  bool begin_map(std::size_t count);
  bool key(std::string_view name) { return string(name); }
  template <std::size_t size>
  requires(size <= 32) bool key(const char (&literal)[size]) { return string(literal); }
  void end_map() noexcept {}

  /// For tagged unions: the next map begins with the entry `tag`: `variant`, which its count leaves
  /// out.
  void tag_next_map(std::string_view tag, std::string_view variant) noexcept {
    tag_ = tag;
    variant_ = variant;
  }

  /// The message is complete: brings it into its format. False: it cannot be (invalid UTF-8 in
  /// JSON).
  bool finish() { return format_ == Format::msgpack || convert(); }

  using Refusal::inside;
  using Refusal::inside_key;
  using Refusal::path;
  using Refusal::reason;
  using Refusal::refuse;
  using Refusal::refused;
  /// The refusal as `encode` failure (executed): "<where><path>: <reason>".
  Failure failure(std::string_view where) const;
  /// The same with another code.
  Failure failure(ErrorCode code, Execution execution, std::string_view where) const;

  Format format() const noexcept { return format_; }
  const Buffer& buffer() const noexcept { return buffer_; }
  Buffer& buffer() noexcept { return buffer_; }
  Buffer take_buffer() {
    own();
    return std::move(buffer_);
  }
  /// A message in `format` begins; nothing has been written yet.
  void begin(Format format) noexcept { format_ = format; }
  /// As new, in the same format; keeps the buffer's capacity.
  void restart() noexcept {
    buffer_.clear();
    tag_ = {};
    if (refused()) clear();
  }
  /// Copies what is borrowed: the message may then outlive the values that were written.
  void own() { buffer_.own(); }

 private:
  bool put(unsigned byte) {
    buffer_.push(static_cast<char>(byte));
    return true;
  }
  bool long_integer(std::int64_t value);
  bool long_unsigned(std::uint64_t value);
  bool long_string(std::string_view utf8);
  bool long_array(std::size_t count);
  bool long_map(std::size_t count);
  bool begin_tagged_map(std::size_t count);
  bool begin_bytes(std::size_t size);
  bool convert();

  Buffer buffer_;
  std::string_view tag_;
  std::string_view variant_;
  Format format_;
};

}  // namespace multifrost
