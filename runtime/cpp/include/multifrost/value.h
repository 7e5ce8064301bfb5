// Value: any value that the wire can carry, for untyped calls and for `any` members.
//
// Encoding heals as spec 11.2 says: NaN and infinities become null, integers above 2^63 - 1 are
// clamped. (Keys are strings here already; a peer's other keys are read as text.) Decoding takes
// peers' oddities: `undefined` of JavaScript is null. Thread rule: a value. Checked access throws
// DecodeError; allocation can fail; nothing else does.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "multifrost/decoder.h"
#include "multifrost/result.h"

namespace multifrost {

class Value {
 public:
  using Array = std::vector<Value>;
  /// In the order in which they were sent.
  using Map = std::vector<std::pair<std::string, Value>>;
  /// A msgpack extension that this library gives no meaning.
  struct Extension {
    std::int8_t type = 0;
    Bytes data = {};
    bool operator==(const Extension&) const = default;
  };

  Value() noexcept;
  Value(std::nullptr_t) noexcept;                     // NOLINT: values convert implicitly
  Value(double value) noexcept;                       // NOLINT
  Value(const char* text);                            // NOLINT
  Value(std::string_view text);                       // NOLINT
  Value(std::string text) noexcept;                   // NOLINT
  Value(Bytes bytes) noexcept;                        // NOLINT
  Value(Array items) noexcept;                        // NOLINT
  Value(Map entries) noexcept;                        // NOLINT
  Value(Extension extension) noexcept;                // NOLINT
  template <std::same_as<bool> T>                     // not from pointers
  Value(T value) noexcept : Value(Boolean{value}) {}  // NOLINT
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) Value(T value)
  noexcept  // NOLINT
      : Value(Whole{std::cmp_less(value, 0), static_cast<std::uint64_t>(value)}) {}
  template <class T>
  Value(const std::optional<T>& value) : Value() {  // NOLINT
    if (value) *this = Value(*value);
  }
  template <class T>
  Value(const std::vector<T>& items)  // NOLINT
      : Value(Array(items.begin(), items.end())) {}
  template <class T>
  Value(const std::map<std::string, T>& entries)  // NOLINT
      : Value(Map(entries.begin(), entries.end())) {}

  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  /// nil, boolean, integer, floating, string, bytes, array, map or extension.
  Kind kind() const noexcept;
  bool is_null() const noexcept { return kind() == Kind::nil; }

  // Checked access: the value as this type, else DecodeError "expected integer, got string
  // \"abc\"".
  bool as_bool() const;
  std::int64_t as_int() const;    ///< also an integral float (JavaScript's large integers)
  std::uint64_t as_uint() const;  ///< the same
  double as_double() const;       ///< also an integer
  const std::string& as_string() const;
  const Bytes& as_bytes() const;
  const Array& as_array() const;
  const Map& as_map() const;
  const Extension& as_extension() const;

  /// Items or entries; 0 for everything else.
  std::size_t size() const noexcept;
  /// The item of an array; DecodeError when there is none.
  template <std::integral Index>  // not from pointers: value[0] is an index
  const Value& operator[](Index index) const {
    return at(static_cast<std::size_t>(index));
  }
  /// The entry of a map; DecodeError when there is none.
  const Value& operator[](std::string_view key) const;
  /// The entry of a map, if this is a map and has it.
  const Value* find(std::string_view key) const noexcept;

  friend bool operator==(const Value& left, const Value& right);

 private:
  struct Boolean {
    bool value;
  };
  struct Whole {
    bool negative;
    std::uint64_t bits;
  };
  // Integers above 2^63 - 1 are std::uint64_t, all others std::int64_t: one form for each number.
  using Variant = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double,
                               std::string, Bytes, Array, Map, Extension>;
  explicit Value(Boolean value) noexcept;
  explicit Value(Whole value) noexcept;

  const Value& at(std::size_t index) const;
  template <class Alternative>
  const Alternative& checked(std::string_view expected) const;
  friend struct ValueAccess;

  Variant state_;
};

/// Reads like JSON: `{"name": "abc", "data": bytes(3)}`; for messages and logs.
std::string to_string(const Value& value);

/// The value as msgpack or JSON, healed. Fails with invalid_argument, naming the path, for text
/// that is not UTF-8.
Result<Bytes> encode(const Value& value, Format format = Format::msgpack);
Result<Value> decode_value(const Bytes& encoded, Format format = Format::msgpack);

}  // namespace multifrost
