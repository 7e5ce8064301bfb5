// msgpack values into memory that has room for them; each returns the place behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "wire/markers.h"

namespace multifrost::wire {

/// Bytes that put_unsigned() may touch, however short the number.
inline constexpr std::size_t kUnsignedRoom = 1 + sizeof(std::uint64_t);
/// Below this a string's size stands in its first byte.
inline constexpr std::size_t kShortString = 32;

/// In its shortest form.
inline char* put_unsigned(char* to, std::uint64_t value) noexcept {
  if (value < kFixMap) {
    *to = static_cast<char>(value);
    return to + 1;
  }
  const unsigned twice = value < 0x100 ? 0 : value < 0x10000 ? 1 : value < 0x1'0000'0000 ? 2 : 3;
  const unsigned width = 1u << twice;
  *to = static_cast<char>(kUint8 + twice);
  store(to + 1, value << (64 - 8 * width));  // those behind are written over later
  return to + 1 + width;
}

/// Fewer than 32 bytes, without the call that a memcpy of unknown size is.
inline void copy_short(char* to, const char* from, std::size_t size) noexcept {
  const auto two = [=]<class Half>(Half) {  // halves that may overlap
    Half first, last;
    std::memcpy(&first, from, sizeof first);
    std::memcpy(&last, from + size - sizeof last, sizeof last);
    std::memcpy(to, &first, sizeof first);
    std::memcpy(to + size - sizeof last, &last, sizeof last);
  };
  struct Sixteen {
    std::uint64_t parts[2];
  };
  if (size >= 16) {
    two(Sixteen());
  } else if (size >= 8) {
    two(std::uint64_t());
  } else if (size >= 4) {
    two(std::uint32_t());
  } else {
    for (std::size_t at = 0; at < size; ++at) to[at] = from[at];
  }
}

/// Shorter than kShortString.
inline char* put_short_string(char* to, std::string_view text) noexcept {
  *to = static_cast<char>(kFixStr | text.size());
  copy_short(to + 1, text.data(), text.size());
  return to + 1 + text.size();
}

}  // namespace multifrost::wire
