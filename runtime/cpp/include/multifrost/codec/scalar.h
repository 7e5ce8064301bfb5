// Codecs of the language's scalar types: bool, integers, floats, string, bytes, any.
//
// Every codec has `Type`, `write`, `read`, and `kKinds`: the wire kinds that it reads, by which
// OneOf chooses. write and read return false when the value does not fit; the encoder or decoder
// knows why.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "multifrost/decoder.h"
#include "multifrost/encoder.h"

namespace multifrost {
class Value;
}

namespace multifrost::codec {

/// A set of wire kinds.
using Kinds = unsigned;
constexpr Kinds bit(Kind kind) noexcept { return 1u << static_cast<unsigned>(kind); }
/// One kind for OneOf: JavaScript sends 3.0 as 3 (idl rule 5).
inline constexpr Kinds kNumber = bit(Kind::integer) | bit(Kind::floating);

struct Bool {
  using Type = bool;
  static constexpr Kinds kKinds = bit(Kind::boolean);
  static bool write(Encoder& to, bool value) { return to.boolean(value); }
  static bool read(Decoder& from, bool& into) { return from.boolean(into); }
};

bool refuse_range(Encoder& to, const IntegerType& type, std::int64_t value);

/// The integer types that fit into 64 signed bits. `kWhole`: every value of T belongs to the type.
template <class T, const IntegerType& kType, bool kWhole = true>
struct Integer {
  using Type = T;
  static constexpr Kinds kKinds = kNumber;
  static bool write(Encoder& to, T value) {
    if constexpr (!kWhole) {
      if (value < kType.low || value > kType.high) return refuse_range(to, kType, value);
    }
    return to.integer(value);
  }
  static bool read(Decoder& from, T& into) {
    std::int64_t wide;
    if (!from.integer(kType, wide)) return false;
    into = static_cast<T>(wide);
    return true;
  }
};

template <class T>
constexpr IntegerType integer_type(std::string_view name) noexcept {
  return {name, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}
inline constexpr std::int64_t kGreatestI53 = (std::int64_t{1} << 53) - 1;
inline constexpr IntegerType kI8 = integer_type<std::int8_t>("i8");
inline constexpr IntegerType kI16 = integer_type<std::int16_t>("i16");
inline constexpr IntegerType kI32 = integer_type<std::int32_t>("i32");
inline constexpr IntegerType kI64 = integer_type<std::int64_t>("i64");
inline constexpr IntegerType kU8 = integer_type<std::uint8_t>("u8");
inline constexpr IntegerType kU16 = integer_type<std::uint16_t>("u16");
inline constexpr IntegerType kU32 = integer_type<std::uint32_t>("u32");
inline constexpr IntegerType kI53 = {"i53", -kGreatestI53, kGreatestI53};

using I8 = Integer<std::int8_t, kI8>;
using I16 = Integer<std::int16_t, kI16>;
using I32 = Integer<std::int32_t, kI32>;
using I64 = Integer<std::int64_t, kI64>;
using U8 = Integer<std::uint8_t, kU8>;
using U16 = Integer<std::uint16_t, kU16>;
using U32 = Integer<std::uint32_t, kU32>;
using I53 = Integer<std::int64_t, kI53, false>;

struct U64 {
  using Type = std::uint64_t;
  static constexpr Kinds kKinds = kNumber;
  static bool write(Encoder& to, std::uint64_t value) { return to.unsigned_integer(value); }
  static bool read(Decoder& from, std::uint64_t& into) { return from.unsigned_integer(into); }
};

/// Neither NaN nor an infinity, which this wire does not carry (spec 11.2).
constexpr bool is_finite(double value) noexcept {
  constexpr std::uint64_t exponent = 0x7ff0'0000'0000'0000;
  return (std::bit_cast<std::uint64_t>(value) & exponent) != exponent;
}

struct F64 {
  using Type = double;
  static constexpr bool kFloat = true;
  static constexpr Kinds kKinds = kNumber;
  static bool write(Encoder& to, double value);
  static bool read(Decoder& from, double& into);
};

/// Widened on the wire.
struct F32 {
  using Type = float;
  static constexpr bool kFloat = true;
  static constexpr Kinds kKinds = kNumber;
  static bool write(Encoder& to, float value);
  static bool read(Decoder& from, float& into);
};

/// `@nan_as_null`: what is not finite travels as nil, and nil reads as NaN.
template <class C>
struct NanAsNull {
  using Type = typename C::Type;
  static constexpr Kinds kKinds = C::kKinds | bit(Kind::nil);
  static bool write(Encoder& to, Type value) {
    return is_finite(value) ? C::write(to, value) : to.null();
  }
  static bool read(Decoder& from, Type& into) {
    if (!from.take_null() && !from.take_not_finite()) return C::read(from, into);
    into = std::numeric_limits<Type>::quiet_NaN();
    return true;
  }
};

/// UTF-8, checked both ways: some peers drop a whole message for one bad byte, without a word.
struct String {
  using Type = std::string;
  static constexpr Kinds kKinds = bit(Kind::string);
  static bool write(Encoder& to, std::string_view value);
  static bool read(Decoder& from, std::string& into);
};

struct Binary {
  using Type = Bytes;
  static constexpr Kinds kKinds = bit(Kind::bytes);
  static bool write(Encoder& to, BytesView value) { return to.borrowed_bytes(value); }
  static bool write(Encoder& to, const Bytes& value) { return to.bytes(value); }
  static bool read(Decoder& from, Bytes& into) { return from.bytes(into); }
};

/// `any`: healed when written (spec 11.2). Include multifrost/value.h where it is used.
struct Any {
  using Type = Value;
  static constexpr Kinds kKinds = ~Kinds{0};
  static bool write(Encoder& to, const Value& value);
  static bool read(Decoder& from, Value& into);
};

}  // namespace multifrost::codec
