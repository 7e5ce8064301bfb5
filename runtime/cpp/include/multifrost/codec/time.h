// Codecs of timestamp and duration: microseconds in C++, rounded; seconds, milliseconds or
// msgpack's timestamp extension on the wire (`@encoding`).
#pragma once

#include "multifrost/chrono.h"
#include "multifrost/codec/scalar.h"

namespace multifrost::codec {

/// f64 seconds.
struct Seconds {
  static constexpr Kinds kKinds = kNumber;
  static bool write(Encoder& to, std::int64_t microseconds);
  static bool read(Decoder& from, std::int64_t& microseconds, std::string_view expected);
};
/// Integer milliseconds; a fraction is read, too.
struct Millis {
  static constexpr Kinds kKinds = kNumber;
  static bool write(Encoder& to, std::int64_t microseconds);
  static bool read(Decoder& from, std::int64_t& microseconds, std::string_view expected);
};
/// msgpack's timestamp extension (type -1) in its shortest form; for timestamps only.
struct Ext {
  static constexpr Kinds kKinds = bit(Kind::extension);
  static bool write(Encoder& to, std::int64_t microseconds);
  static bool read(Decoder& from, std::int64_t& microseconds, std::string_view expected);
};

template <class Encoding = Seconds>
struct Timestamp {
  using Type = std::chrono::sys_time<std::chrono::microseconds>;
  static constexpr Kinds kKinds = Encoding::kKinds;
  static bool write(Encoder& to, Type value) {
    return Encoding::write(to, value.time_since_epoch().count());
  }
  static bool read(Decoder& from, Type& into) {
    std::int64_t count;
    if (!Encoding::read(from, count, "timestamp")) return false;
    into = Type(std::chrono::microseconds(count));
    return true;
  }
};

template <class Encoding = Seconds>
struct Duration {
  using Type = std::chrono::microseconds;
  static constexpr Kinds kKinds = Encoding::kKinds;
  static bool write(Encoder& to, Type value) { return Encoding::write(to, value.count()); }
  static bool read(Decoder& from, Type& into) {
    std::int64_t count;
    if (!Encoding::read(from, count, "duration")) return false;
    into = Type(count);
    return true;
  }
};

}  // namespace multifrost::codec
