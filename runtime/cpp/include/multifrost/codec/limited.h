// @min, @max and @size: values outside their limits are refused on the way out and on the way in.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>

#include "multifrost/chrono.h"
#include "multifrost/codec/scalar.h"

namespace multifrost::codec {

// What a refusal says: "1.5 is more than the maximum 1".
std::string below_minimum(std::int64_t value, std::int64_t minimum);
std::string below_minimum(std::uint64_t value, std::uint64_t minimum);
std::string below_minimum(double value, double minimum);
std::string below_minimum(std::chrono::nanoseconds value, std::chrono::nanoseconds minimum);
std::string above_maximum(std::int64_t value, std::int64_t maximum);
std::string above_maximum(std::uint64_t value, std::uint64_t maximum);
std::string above_maximum(double value, double maximum);
std::string above_maximum(std::chrono::nanoseconds value, std::chrono::nanoseconds maximum);
/// "has 70 items, the maximum is 64"
std::string too_small(std::size_t size, std::size_t minimum);
std::string too_large(std::size_t size, std::size_t maximum);

/// The type in which a limit is told.
template <class T>
constexpr auto widened(T value) noexcept {
  if constexpr (std::floating_point<T>) {
    return static_cast<double>(value);
  } else if constexpr (std::unsigned_integral<T>) {
    return static_cast<std::uint64_t>(value);
  } else if constexpr (std::signed_integral<T>) {
    return static_cast<std::int64_t>(value);
  } else {
    return std::chrono::nanoseconds(value);
  }
}

/// L is a struct of generated code with any of `min`, `max`, `min_size`, `max_size` as static
/// constexpr members: min and max of the value's own type (durations: any chrono duration), sizes
/// std::size_t.
template <class C, class L>
struct Limited : C {
  using Type = typename C::Type;

  template <class V>
  static bool write(Encoder& to, const V& value) {
    return check(to, value) && C::write(to, value);
  }
  static bool read(Decoder& from, Type& into) { return C::read(from, into) && check(from, into); }

 private:
  template <class Side, class V>
  static bool check(Side& side, const V& value) {
    if constexpr (requires { L::min; }) {
      if (value < L::min) return side.refuse(below_minimum(widened(value), widened(L::min)));
    }
    if constexpr (requires { L::max; }) {
      if (value > L::max) return side.refuse(above_maximum(widened(value), widened(L::max)));
    }
    if constexpr (requires { L::min_size; }) {
      if (value.size() < L::min_size) return side.refuse(too_small(value.size(), L::min_size));
    }
    if constexpr (requires { L::max_size; }) {
      if (value.size() > L::max_size) return side.refuse(too_large(value.size(), L::max_size));
    }
    return true;
  }
};

}  // namespace multifrost::codec
