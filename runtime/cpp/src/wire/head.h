// The head of one msgpack value: what it is, and how much of the message belongs to it.
//
// This is the one place where lengths from the wire are believed: a head whose payload or items
// cannot all be in the message is refused here, before anybody allocates for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "multifrost/decoder.h"

namespace multifrost::wire {

struct Head {
  Kind kind = Kind::end;
  bool negative = false;      ///< integers: `bits` is a negative std::int64_t
  std::int8_t extension = 0;  ///< the type of an extension
  std::size_t length = 0;     ///< bytes of the head itself, numbers included
  std::size_t size = 0;  ///< bytes of payload behind the head; items of an array; entries of a map
  std::uint64_t bits = 0;  ///< integer, boolean, or the bits of a double

  std::int64_t as_signed() const noexcept { return static_cast<std::int64_t>(bits); }
  double as_double() const noexcept { return std::bit_cast<double>(bits); }
  bool has_payload() const noexcept {
    return kind == Kind::string || kind == Kind::bytes || kind == Kind::extension;
  }
  /// Values that follow the head of a container.
  std::size_t values() const noexcept {
    return kind == Kind::array ? size : kind == Kind::map ? 2 * size : 0;
  }
  /// JavaScript's `undefined` inside containers: nil.
  bool is_undefined(const char* at) const noexcept {
    return kind == Kind::extension && extension == 0 && size == 1 && at[length] == 0;
  }
};

/// Reads the head at `at`. False: the message ends too early or holds the byte that is never used.
bool read_head(const char* at, const char* end, Head& head) noexcept;

/// Why read_head returned false.
std::string head_fault(const char* at, const char* end);

}  // namespace multifrost::wire
