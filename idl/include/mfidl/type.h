// The types and values of a checked model: what a member, parameter or result may hold, with every
// alias flattened, every name resolved and every value annotation pushed down to the type that it
// governs. A generator reads these structs and nothing else; no syntax tree is behind them.
//
// Plain values: copy them freely. Pointers lead into the Model that owns the declarations and live
// as long as it.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mfidl {

struct Alias;
struct Enum;
struct EnumValue;
struct Struct;
struct Union;

// An integer between -2^63 and 2^64-1, so that i64 and u64 fit into one type.
struct Integer {
  bool negative = false;
  std::uint64_t magnitude = 0;  // zero is never negative

  static Integer of(std::int64_t value);
  static Integer of(std::uint64_t value) { return {.negative = false, .magnitude = value}; }

  bool operator==(const Integer&) const = default;
  std::strong_ordering operator<=>(const Integer& other) const;
};

std::string to_string(const Integer& value);
double to_double(const Integer& value);

enum class Kind {
  kBool,
  kI8,
  kI16,
  kI32,
  kI64,
  kU8,
  kU16,
  kU32,
  kU64,
  kI53,  // -(2^53-1) … 2^53-1
  kF32,
  kF64,
  kString,
  kBytes,
  kAny,
  kTimestamp,
  kDuration,
  kList,    // arguments: the element
  kMap,     // arguments: key, value
  kTuple,   // arguments: the elements
  kEnum,    // enumeration
  kStruct,  // structure
  kUnion,   // tagged_union: told apart by a tag inside the map
  kOneOf,   // inline `A | B`; arguments: the members, never nullable themselves, in the order
            // written
};

// The spelling in a .mfidl file: "i32", "list", …; for the four last kinds "enum", "struct",
// "union", "one_of".
std::string_view kind_name(Kind kind);

bool is_integer(Kind kind);
bool is_float(Kind kind);

// The least and greatest value of an integer kind.
Integer lowest(Kind kind);
Integer highest(Kind kind);

// How a timestamp or a duration travels. Seconds are an f64, millis an integer; ext is msgpack's
// timestamp extension and is for timestamps only.
enum class Encoding { kSeconds, kMillis, kExt };

struct Literal;
struct LiteralEntry;
using LiteralList = std::vector<Literal>;
using LiteralMap =
    std::vector<LiteralEntry>;  // in the order written; struct and union values by wire key

// A value that was written in a .mfidl file, evaluated and checked against the type it is for: a
// number for an f64 is a double even when it was written `1`, a bare name is the enum value it
// stands for. A default holds a bool, Integer, double, string, duration or enum value, or an empty
// list or map. Only an @example holds more.
struct Literal {
  std::variant<std::monostate, bool, Integer, double, std::string, std::chrono::nanoseconds,
               const EnumValue*, LiteralList, LiteralMap>
      value;  // monostate: null
};

struct LiteralEntry {
  std::string key;
  Literal value;
};

struct Type {
  Kind kind = Kind::kAny;

  // `T?`. A one_of is nullable as a whole when any of its members was (or `null` was one of them),
  // and its arguments then are not: `A? | B | null` arrives here as nullable one_of(A, B). With one
  // member left it is that member: `A | null` is A, nullable.
  bool nullable = false;

  // Holding the value in place would make its type contain itself: C++ writes Boxed<T> instead. Set
  // on a nullable type (Boxed stands for the optional), or on a member of a one_of that is not
  // boxed as a whole.
  bool boxed = false;

  std::vector<Type> arguments;

  const Enum* enumeration = nullptr;
  const Struct* structure = nullptr;
  const Union* tagged_union = nullptr;

  // The alias as which the type was written, for nicer generated code; the other fields are already
  // flattened. `alias->type` equals this type, but for `nullable` (written `Id?`), the annotations'
  // effects below, and never where something is boxed.
  const Alias* alias = nullptr;

  // Effects of annotations, on the very type that they govern: @nan_as_null on `list<f64>` marks
  // the f64.
  bool nan_as_null = false;  // f32, f64: NaN and infinities travel as null, and null reads as NaN
  Encoding encoding = Encoding::kSeconds;  // timestamp, duration
  std::optional<Literal> min;  // numbers: Integer or double as the kind; duration: nanoseconds
  std::optional<Literal> max;
  std::optional<std::uint64_t> min_size;  // string: UTF-8 bytes; bytes: bytes; list, map: elements
  std::optional<std::uint64_t> max_size;
};

// The type as a user would write it, in full: `list<Rect?>`, `string | i53 | null`.
std::string to_string(const Type& type);

}  // namespace mfidl
