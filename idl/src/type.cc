#include "mfidl/type.h"

#include <array>
#include <limits>

#include "mfidl/model.h"

namespace mfidl {
namespace {

constexpr std::int64_t kSafeInteger = (std::int64_t{1} << 53) - 1;  // JavaScript's MAX_SAFE_INTEGER

template <typename T>
std::string joined(const std::vector<T>& parts, std::string_view separator) {
  std::string text;
  for (const T& part : parts) {
    if (!text.empty()) text += separator;
    text += to_string(part);
  }
  return text;
}

std::string bare(const Type& type) {
  switch (type.kind) {
    case Kind::kList:
    case Kind::kMap:
    case Kind::kTuple:
      return std::string(kind_name(type.kind)) + "<" + joined(type.arguments, ", ") + ">";
    case Kind::kEnum:
      return type.enumeration->name;
    case Kind::kStruct:
      return type.structure->name;
    case Kind::kUnion:
      return type.tagged_union->name;
    case Kind::kOneOf:
      return joined(type.arguments, " | ");
    default:
      return std::string(kind_name(type.kind));
  }
}

}  // namespace

Integer Integer::of(std::int64_t value) {
  if (value >= 0) return {.negative = false, .magnitude = static_cast<std::uint64_t>(value)};
  return {.negative = true, .magnitude = std::uint64_t{0} - static_cast<std::uint64_t>(value)};
}

std::strong_ordering Integer::operator<=>(const Integer& other) const {
  if (negative != other.negative) {
    return negative ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return negative ? other.magnitude <=> magnitude : magnitude <=> other.magnitude;
}

std::string to_string(const Integer& value) {
  return (value.negative ? "-" : "") + std::to_string(value.magnitude);
}

double to_double(const Integer& value) {
  const auto magnitude = static_cast<double>(value.magnitude);
  return value.negative ? -magnitude : magnitude;
}

std::string_view kind_name(Kind kind) {
  static constexpr std::array<std::string_view, 24> kNames = {
      "bool",     "i8",   "i16", "i32",   "i64",    "u8",     "u16",   "u32",
      "u64",      "i53",  "f32", "f64",   "string", "bytes",  "any",   "timestamp",
      "duration", "list", "map", "tuple", "enum",   "struct", "union", "one_of"};
  static_assert(static_cast<std::size_t>(Kind::kOneOf) + 1 == kNames.size());
  return kNames[static_cast<std::size_t>(kind)];
}

bool is_integer(Kind kind) { return kind >= Kind::kI8 && kind <= Kind::kI53; }
bool is_float(Kind kind) { return kind == Kind::kF32 || kind == Kind::kF64; }

Integer lowest(Kind kind) {
  switch (kind) {
    case Kind::kI8:
      return Integer::of(std::int64_t{std::numeric_limits<std::int8_t>::min()});
    case Kind::kI16:
      return Integer::of(std::int64_t{std::numeric_limits<std::int16_t>::min()});
    case Kind::kI32:
      return Integer::of(std::int64_t{std::numeric_limits<std::int32_t>::min()});
    case Kind::kI64:
      return Integer::of(std::numeric_limits<std::int64_t>::min());
    case Kind::kI53:
      return Integer::of(-kSafeInteger);
    default:
      return {};
  }
}

Integer highest(Kind kind) {
  switch (kind) {
    case Kind::kI8:
      return Integer::of(std::int64_t{std::numeric_limits<std::int8_t>::max()});
    case Kind::kI16:
      return Integer::of(std::int64_t{std::numeric_limits<std::int16_t>::max()});
    case Kind::kI32:
      return Integer::of(std::int64_t{std::numeric_limits<std::int32_t>::max()});
    case Kind::kI64:
      return Integer::of(std::numeric_limits<std::int64_t>::max());
    case Kind::kU8:
      return Integer::of(std::uint64_t{std::numeric_limits<std::uint8_t>::max()});
    case Kind::kU16:
      return Integer::of(std::uint64_t{std::numeric_limits<std::uint16_t>::max()});
    case Kind::kU32:
      return Integer::of(std::uint64_t{std::numeric_limits<std::uint32_t>::max()});
    case Kind::kU64:
      return Integer::of(std::numeric_limits<std::uint64_t>::max());
    case Kind::kI53:
      return Integer::of(kSafeInteger);
    default:
      return {};
  }
}

std::string to_string(const Type& type) {
  if (!type.nullable) return bare(type);
  return bare(type) + (type.kind == Kind::kOneOf ? " | null" : "?");
}

}  // namespace mfidl
