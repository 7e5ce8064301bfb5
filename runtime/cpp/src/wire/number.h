// Doubles as integers, for peers that send every large integer as a float (JavaScript).
#pragma once

#include <cmath>
#include <cstdint>

namespace multifrost::wire {

/// An integral value, of any size; never NaN or an infinity.
inline bool is_whole(double value) noexcept {
  return std::trunc(value) == value && std::isfinite(value);
}

/// False when the integral `value` is out of range.
inline bool to_integer(double value, std::int64_t& into) noexcept {
  if (value < -0x1p63 || value >= 0x1p63) return false;
  into = static_cast<std::int64_t>(value);
  return true;
}
inline bool to_unsigned(double value, std::uint64_t& into) noexcept {
  if (value < 0 || value >= 0x1p64) return false;
  into = static_cast<std::uint64_t>(value);
  return true;
}

}  // namespace multifrost::wire
