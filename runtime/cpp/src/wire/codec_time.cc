#include "multifrost/codec/time.h"

#include <cmath>

#include "wire/markers.h"
#include "wire/number.h"
#include "wire/text.h"

namespace multifrost::codec {
namespace {

constexpr std::int64_t kMicro = 1'000'000;
constexpr std::int8_t kTimestampType = -1;
constexpr std::uint32_t kNanosLimit = 1'000'000'000;

// `value` times `scale` microseconds, rounded.
bool from_number(Decoder& from, double scale, std::int64_t& microseconds,
                 std::string_view expected) {
  double value;
  if (!from.floating(value, expected)) return false;
  if (!is_finite(value)) return from.refuse(wire::not_finite(expected, value));
  if (wire::to_integer(std::round(value * scale), microseconds)) return true;
  return from.refuse(wire::number_text(value) + " is out of range for " + std::string(expected));
}

std::int64_t floor_divide(std::int64_t value, std::int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

}  // namespace

bool Seconds::write(Encoder& to, std::int64_t microseconds) {
  return to.floating(static_cast<double>(microseconds) / kMicro);
}

bool Seconds::read(Decoder& from, std::int64_t& microseconds, std::string_view expected) {
  return from_number(from, kMicro, microseconds, expected);
}

bool Millis::write(Encoder& to, std::int64_t microseconds) {
  const std::int64_t below = floor_divide(microseconds, 1000);
  return to.integer(below + (microseconds - below * 1000 >= 500 ? 1 : 0));
}

bool Millis::read(Decoder& from, std::int64_t& microseconds, std::string_view expected) {
  return from_number(from, 1000, microseconds, expected);
}

bool Ext::write(Encoder& to, std::int64_t microseconds) {
  const std::int64_t seconds = floor_divide(microseconds, kMicro);
  const auto nanos = static_cast<std::uint32_t>(microseconds - seconds * kMicro) * 1000;
  const auto unsigned_seconds = static_cast<std::uint64_t>(seconds);
  char data[12];
  if (seconds >= 0 && nanos == 0 && unsigned_seconds <= UINT32_MAX) {
    wire::store(data, static_cast<std::uint32_t>(seconds));
    return to.extension(kTimestampType, std::string_view(data, 4));
  }
  if (seconds >= 0 && unsigned_seconds < std::uint64_t{1} << 34) {
    wire::store(data, std::uint64_t{nanos} << 34 | unsigned_seconds);
    return to.extension(kTimestampType, std::string_view(data, 8));
  }
  wire::store(data, nanos);
  wire::store(data + 4, unsigned_seconds);
  return to.extension(kTimestampType, std::string_view(data, 12));
}

bool Ext::read(Decoder& from, std::int64_t& microseconds, std::string_view expected) {
  if (from.peek() != Kind::extension) return from.refuse_kind(expected);
  std::int8_t type;
  BytesView data;
  if (!from.extension(type, data)) return false;
  const char* at = data.as_text().data();
  std::int64_t seconds;
  std::uint64_t nanos = 0;
  if (type == kTimestampType && data.size() == 4) {
    seconds = wire::load<std::uint32_t>(at);
  } else if (type == kTimestampType && data.size() == 8) {
    const auto both = wire::load<std::uint64_t>(at);
    nanos = both >> 34;
    seconds = static_cast<std::int64_t>(both & ((std::uint64_t{1} << 34) - 1));
  } else if (type == kTimestampType && data.size() == 12) {
    nanos = wire::load<std::uint32_t>(at);
    seconds = static_cast<std::int64_t>(wire::load<std::uint64_t>(at + 4));
  } else {
    return from.refuse("expected " + std::string(expected) + ", got extension type " +
                       std::to_string(type) + " of " + std::to_string(data.size()) + " bytes");
  }
  if (nanos >= kNanosLimit) {
    return from.refuse("a timestamp cannot have " + std::to_string(nanos) + " ns");
  }
  constexpr std::int64_t greatest = INT64_MAX / kMicro - 1;
  if (seconds > greatest || seconds < -greatest) {
    return from.refuse(std::to_string(seconds) + " s is out of range for " + std::string(expected));
  }
  microseconds = seconds * kMicro + static_cast<std::int64_t>((nanos + 500) / 1000);
  return true;
}

}  // namespace multifrost::codec
