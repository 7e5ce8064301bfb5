// Codecs of map keys, which travel as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "multifrost/codec/scalar.h"

namespace multifrost::codec {

// `write` gives the key as it travels, or refuses; `read` takes it back.

struct StringKey {
  using Type = std::string;
  static bool write(Encoder& to, std::string_view key);
  static bool read(Decoder& from, std::string_view text, std::string& into);
};

bool write_integer_key(Encoder& to, std::int64_t key);
bool write_unsigned_key(Encoder& to, std::uint64_t key);
/// Canonical decimals only: `01`, `+1` and `-0` are refused (idl rule 8).
bool read_integer_key(Decoder& from, std::string_view text, const IntegerType& type,
                      std::int64_t& into);
bool read_unsigned_key(Decoder& from, std::string_view text, std::uint64_t& into);

/// Decimal text; C is an integer codec.
template <class C>
struct IntKey;
template <class T, const IntegerType& kType, bool kWhole>
struct IntKey<Integer<T, kType, kWhole>> {
  using Type = T;
  static bool write(Encoder& to, T key) {
    if constexpr (!kWhole) {
      if (key < kType.low || key > kType.high) return refuse_range(to, kType, key);
    }
    return write_integer_key(to, key);
  }
  static bool read(Decoder& from, std::string_view text, T& into) {
    std::int64_t wide;
    if (!read_integer_key(from, text, kType, wide)) return false;
    into = static_cast<T>(wide);
    return true;
  }
};
template <>
struct IntKey<U64> {
  using Type = std::uint64_t;
  static bool write(Encoder& to, std::uint64_t key) { return write_unsigned_key(to, key); }
  static bool read(Decoder& from, std::string_view text, std::uint64_t& into) {
    return read_unsigned_key(from, text, into);
  }
};

/// An enum as key: generated code declares mf_write_key and mf_read_key beside the enum.
template <class E>
struct EnumKey {
  using Type = E;
  static bool write(Encoder& to, const E& key) { return mf_write_key(to, key); }
  static bool read(Decoder& from, std::string_view text, E& into) {
    return mf_read_key(from, text, into);
  }
};

}  // namespace multifrost::codec
