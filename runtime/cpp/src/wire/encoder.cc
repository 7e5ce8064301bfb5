#include "multifrost/encoder.h"

#include <bit>
#include <cstring>
#include <utility>

#include "wire/json.h"
#include "wire/markers.h"
#include "wire/put.h"

namespace multifrost {

using namespace wire;

namespace {

// The marker and the big-endian form of `value` after it.
template <class T>
void put_number(Buffer& to, unsigned marker, T value) {
  char* room = to.extend(1 + sizeof value);
  *room = static_cast<char>(marker);
  store(room + 1, value);
}

void put_shortest(Buffer& to, std::uint64_t value) {
  char* const at = to.extend(kUnsignedRoom);
  to.shorten(static_cast<std::size_t>(at + kUnsignedRoom - put_unsigned(at, value)));
}

// A size in one, two or four bytes behind the marker for its width.
void put_size(Buffer& to, unsigned marker8, unsigned marker16, unsigned marker32,
              std::size_t size) {
  if (size < 0x100 && marker8 != 0) {
    put_number(to, marker8, static_cast<std::uint8_t>(size));
  } else if (size < 0x10000) {
    put_number(to, marker16, static_cast<std::uint16_t>(size));
  } else {
    put_number(to, marker32, static_cast<std::uint32_t>(size));
  }
}

/// Below, one more part costs a system call more than copying it would.
constexpr std::size_t kAttachedFrom = 64 * 1024;
constexpr std::size_t kGreatestSize = 0xffff'ffff;
constexpr char kTooLong[] = "is longer than the 4 GiB that a message can say";

}  // namespace

bool Encoder::null() { return put(kNil); }

bool Encoder::boolean(bool value) { return put(value ? kTrue : kFalse); }

[[gnu::hot]] bool Encoder::integer(std::int64_t value) {
  if (value >= -32 && value < 128) return put(static_cast<unsigned>(value));
  return long_integer(value);
}

bool Encoder::unsigned_integer(std::uint64_t value) {
  if (value < 128) return put(static_cast<unsigned>(value));
  return long_unsigned(value);
}

bool Encoder::floating(double value) {
  put_number(buffer_, kFloat64, std::bit_cast<std::uint64_t>(value));
  return true;
}

bool Encoder::string(std::string_view utf8) {
  if (utf8.size() >= kShortString) return long_string(utf8);
  put_short_string(buffer_.extend(utf8.size() + 1), utf8);
  return true;
}

bool Encoder::raw(BytesView encoded) {
  buffer_.append(encoded.as_text());
  return true;
}

bool Encoder::begin_array(std::size_t count) {
  return count < 16 ? put(kFixArray | static_cast<unsigned>(count)) : long_array(count);
}

bool Encoder::begin_map(std::size_t count) {
  if (tag_.data() != nullptr) return begin_tagged_map(count);
  return count < 16 ? put(kFixMap | static_cast<unsigned>(count)) : long_map(count);
}

bool Encoder::long_unsigned(std::uint64_t value) {
  put_shortest(buffer_, value);
  return true;
}

[[gnu::hot]] bool Encoder::long_integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (value >= 0) {
    put_shortest(buffer_, bits);
  } else if (value >= INT8_MIN) {
    put_number(buffer_, kInt8, static_cast<std::uint8_t>(bits));
  } else if (value >= INT16_MIN) {
    put_number(buffer_, kInt16, static_cast<std::uint16_t>(bits));
  } else if (value >= INT32_MIN) {
    put_number(buffer_, kInt32, static_cast<std::uint32_t>(bits));
  } else {
    put_number(buffer_, kInt64, bits);
  }
  return true;
}

bool Encoder::long_string(std::string_view utf8) {
  if (utf8.size() > kGreatestSize) return refuse(kTooLong);
  put_size(buffer_, kStr8, kStr16, kStr32, utf8.size());
  buffer_.append(utf8);
  return true;
}

bool Encoder::begin_bytes(std::size_t size) {
  if (size > kGreatestSize) return refuse(kTooLong);
  put_size(buffer_, kBin8, kBin16, kBin32, size);
  return true;
}

bool Encoder::bytes(BytesView value) {
  if (!begin_bytes(value.size())) return false;
  buffer_.reserve_more(value.size() + 64);  // one growth, with room for what follows
  buffer_.append(value.as_text());
  return true;
}

bool Encoder::bytes(const Bytes& value) {
  if (value.size() < kAttachedFrom) return bytes(value.view());
  if (!begin_bytes(value.size())) return false;
  buffer_.attach(value);
  return true;
}

bool Encoder::borrowed_bytes(BytesView value) {
  if (value.size() < kAttachedFrom) return bytes(value);
  if (!begin_bytes(value.size())) return false;
  buffer_.attach_borrowed(value);
  return true;
}

bool Encoder::extension(std::int8_t type, BytesView data) {
  if (data.size() > kGreatestSize) return refuse(kTooLong);
  if (std::has_single_bit(data.size()) && data.size() <= 16) {
    put(kFixExt1 + static_cast<unsigned>(std::countr_zero(data.size())));
  } else {
    put_size(buffer_, kExt8, kExt16, kExt32, data.size());
  }
  put(static_cast<unsigned char>(type));
  buffer_.append(data.as_text());
  return true;
}

bool Encoder::long_array(std::size_t count) {
  if (count > kGreatestSize) return refuse(kTooLong);
  put_size(buffer_, 0, kArray16, kArray32, count);
  return true;
}

bool Encoder::long_map(std::size_t count) {
  if (count > kGreatestSize) return refuse(kTooLong);
  put_size(buffer_, 0, kMap16, kMap32, count);
  return true;
}

bool Encoder::begin_tagged_map(std::size_t count) {
  const std::string_view tag = std::exchange(tag_, {});
  return begin_map(count + 1) && key(tag) && string(variant_);
}

bool Encoder::convert() {
  Buffer text;
  std::string reason;
  if (!json_from_msgpack(buffer_.view(), text, reason)) return refuse(std::move(reason));
  buffer_ = std::move(text);
  return true;
}

Failure Encoder::failure(std::string_view where) const {
  return failure(ErrorCode::encode, Execution::executed, where);
}

Failure Encoder::failure(ErrorCode code, Execution execution, std::string_view where) const {
  return Failure(code, execution, describe(where));
}

}  // namespace multifrost
