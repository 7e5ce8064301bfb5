// Writes one value after another into a message: msgpack in a single pass, other formats made from
// it at the end.
//
// Generated code sees only this class, never a format. Sizes are given before the items. A value
// that must not travel (NaN in an f64, an integer out of range) makes the write return false; every
// level then adds its part of the path with `inside` while it returns, so the good path pays
// nothing for good messages. A value for one thread at a time; nothing blocks; only allocation
// throws.
#pragma once

#include <bit>
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
  bool null() { return put(0xc0); }
  bool boolean(bool value) { return put(value ? 0xc3 : 0xc2); }
  /// In its shortest form (wire page "Numbers").
  bool integer(std::int64_t value) {
    if (value >= -32 && value < 128) return put(static_cast<unsigned>(value));
    return long_integer(value);
  }
  /// In its shortest form.
  bool unsigned_integer(std::uint64_t value) {
    if (value < 128) return put(static_cast<unsigned>(value));
    return long_unsigned(value);
  }
  /// Any double, NaN included: codecs decide what is legal.
  bool floating(double value) {
    char* to = buffer_.extend(9);
    const auto bits = big_endian(std::bit_cast<std::uint64_t>(value));
    *to = static_cast<char>(0xcb);
    std::memcpy(to + 1, &bits, sizeof bits);
    return true;
  }
  bool string(std::string_view utf8) {
    if (utf8.size() >= 32) return long_string(utf8);
    char* to = buffer_.extend(utf8.size() + 1);
    *to = static_cast<char>(0xa0 | utf8.size());
    if (!utf8.empty()) std::memcpy(to + 1, utf8.data(), utf8.size());
    return true;
  }
  bool bytes(BytesView value);
  bool extension(std::int8_t type, BytesView data);
  /// Values that are msgpack already, as Decoder::raw() gave them.
  bool raw(BytesView encoded) {
    buffer_.append(encoded.as_text());
    return true;
  }

  // Containers: begin, then `count` items (for maps: key() and an item, `count` times), then end.
  bool begin_array(std::size_t count) {
    return count < 16 ? put(0x90 | static_cast<unsigned>(count)) : long_array(count);
  }
  void end_array() noexcept {}
  bool begin_map(std::size_t count) {
    if (tag_.data() != nullptr) return begin_tagged_map(count);
    return count < 16 ? put(0x80 | static_cast<unsigned>(count)) : long_map(count);
  }
  bool key(std::string_view name) { return string(name); }
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
  Buffer take_buffer() noexcept { return std::move(buffer_); }

 private:
  static std::uint64_t big_endian(std::uint64_t value) noexcept {
    return std::endian::native == std::endian::big ? value : __builtin_bswap64(value);
  }
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
  bool convert();

  Buffer buffer_;
  std::string_view tag_;
  std::string_view variant_;
  Format format_;
};

}  // namespace multifrost
