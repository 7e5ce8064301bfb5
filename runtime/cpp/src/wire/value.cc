#include "multifrost/value.h"

#include <limits>

#include "wire/number.h"
#include "wire/text.h"

namespace multifrost {
namespace {

[[noreturn]] void raise_decode(std::string message) {
  Failure(ErrorCode::decode, Execution::executed, std::move(message)).raise();
}

// "null", "integer 3", "string \"abc\"": what a message says of a value.
std::string describe(const Value& value) {
  switch (value.kind()) {
    case Kind::array:
    case Kind::map:
      return std::string(to_string(value.kind())) + " of " + std::to_string(value.size());
    case Kind::string:
      return "string " + wire::quoted(value.as_string());
    default:
      return to_string(value);
  }
}

}  // namespace

Value::Value() noexcept = default;
Value::Value(std::nullptr_t) noexcept {}
Value::Value(double value) noexcept : state_(value) {}
Value::Value(const char* text) : state_(std::string(text)) {}
Value::Value(std::string_view text) : state_(std::string(text)) {}
Value::Value(std::string text) noexcept : state_(std::move(text)) {}
Value::Value(Bytes bytes) noexcept : state_(std::move(bytes)) {}
Value::Value(Array items) noexcept : state_(std::move(items)) {}
Value::Value(Map entries) noexcept : state_(std::move(entries)) {}
Value::Value(Extension extension) noexcept : state_(std::move(extension)) {}
Value::Value(Boolean value) noexcept : state_(value.value) {}
Value::Value(Whole value) noexcept {
  if (value.negative || value.bits <= std::numeric_limits<std::int64_t>::max()) {
    state_ = static_cast<std::int64_t>(value.bits);
  } else {
    state_ = value.bits;
  }
}

Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;
Value::~Value() = default;

bool operator==(const Value& left, const Value& right) { return left.state_ == right.state_; }

Kind Value::kind() const noexcept {
  constexpr Kind kinds[] = {Kind::nil,      Kind::boolean,  Kind::integer, Kind::integer,
                            Kind::floating, Kind::string,   Kind::bytes,   Kind::array,
                            Kind::map,      Kind::extension};
  return kinds[state_.index()];
}

template <class Alternative>
const Alternative& Value::checked(std::string_view expected) const {
  if (const auto* found = std::get_if<Alternative>(&state_)) return *found;
  raise_decode("expected " + std::string(expected) + ", got " + describe(*this));
}

bool Value::as_bool() const { return checked<bool>("bool"); }

std::int64_t Value::as_int() const {
  if (const auto* number = std::get_if<double>(&state_)) {
    std::int64_t whole;
    if (wire::is_whole(*number) && wire::to_integer(*number, whole)) return whole;
  }
  return checked<std::int64_t>("integer of 64 bits");
}

std::uint64_t Value::as_uint() const {
  std::uint64_t whole;
  if (const auto* number = std::get_if<std::int64_t>(&state_); number != nullptr && *number >= 0) {
    return static_cast<std::uint64_t>(*number);
  }
  if (const auto* number = std::get_if<double>(&state_);
      number != nullptr && wire::is_whole(*number) && wire::to_unsigned(*number, whole)) {
    return whole;
  }
  return checked<std::uint64_t>("unsigned integer");
}

double Value::as_double() const {
  if (const auto* number = std::get_if<std::int64_t>(&state_)) {
    return static_cast<double>(*number);
  }
  if (const auto* number = std::get_if<std::uint64_t>(&state_)) {
    return static_cast<double>(*number);
  }
  return checked<double>("number");
}

const std::string& Value::as_string() const { return checked<std::string>("string"); }
const Bytes& Value::as_bytes() const { return checked<Bytes>("bytes"); }
const Value::Array& Value::as_array() const { return checked<Array>("list"); }
const Value::Map& Value::as_map() const { return checked<Map>("map"); }
const Value::Extension& Value::as_extension() const { return checked<Extension>("extension"); }

std::size_t Value::size() const noexcept {
  if (const auto* items = std::get_if<Array>(&state_)) return items->size();
  if (const auto* entries = std::get_if<Map>(&state_)) return entries->size();
  return 0;
}

const Value& Value::at(std::size_t index) const {
  const Array& items = as_array();
  if (index < items.size()) return items[index];
  raise_decode("item " + std::to_string(index) + " of a list of " + std::to_string(items.size()));
}

const Value& Value::operator[](std::string_view key) const {
  if (const Value* found = find(key)) return *found;
  raise_decode("no key " + wire::quoted(key) + " in a map of " + std::to_string(as_map().size()));
}

const Value* Value::find(std::string_view key) const noexcept {
  const auto* entries = std::get_if<Map>(&state_);
  if (entries == nullptr) return nullptr;
  for (const auto& [name, value] : *entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

}  // namespace multifrost
