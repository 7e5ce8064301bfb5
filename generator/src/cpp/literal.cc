#include "cpp/literal.h"

#include <array>
#include <charconv>
#include <ratio>

namespace mfgen::cpp {

namespace {

using mfidl::Kind;

constexpr std::uint64_t kGreatestSigned = 9223372036854775807U;

void append_octal(unsigned char byte, std::string& out) {
  out += '\\';
  out += static_cast<char>('0' + (byte >> 6U));
  out += static_cast<char>('0' + ((byte >> 3U) & 7U));
  out += static_cast<char>('0' + (byte & 7U));
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      append_octal(byte, out);  // three digits, so that a digit may follow
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

std::string duration(std::chrono::nanoseconds value) {
  struct Unit {
    std::int64_t nanoseconds;
    std::string_view name;
  };
  static constexpr std::array kUnits = {
      Unit{3'600'000'000'000, "hours"}, Unit{60'000'000'000, "minutes"},
      Unit{1'000'000'000, "seconds"},   Unit{1'000'000, "milliseconds"},
      Unit{1'000, "microseconds"},      Unit{1, "nanoseconds"},
  };
  const std::int64_t count = value.count();
  for (const Unit& unit : kUnits) {
    if (count % unit.nanoseconds == 0 && (count != 0 || unit.name == "seconds")) {
      return "std::chrono::" + std::string(unit.name) + '(' +
             std::to_string(count / unit.nanoseconds) + ')';
    }
  }
  return {};
}

std::string number(const mfidl::Integer& value, Kind kind) {
  if (mfidl::is_float(kind)) {
    return number(mfidl::to_double(value), kind);
  }
  if (value.negative && value.magnitude > kGreatestSigned) {
    return "-9223372036854775807 - 1";  // the literal 9223372036854775808 has no signed type
  }
  return mfidl::to_string(value) + (value.magnitude > kGreatestSigned ? "u" : "");
}

std::string number(double value, Kind kind) {
  std::array<char, 32> digits{};
  const auto end = kind == Kind::kF32
                       ? std::to_chars(digits.begin(), digits.end(), static_cast<float>(value)).ptr
                       : std::to_chars(digits.begin(), digits.end(), value).ptr;
  std::string text(digits.begin(), end);
  if (text.find_first_of(".e") == std::string::npos) {
    text += ".0";
  }
  return kind == Kind::kF32 ? text + 'F' : text;
}

std::string literal(const mfidl::Literal& value, const mfidl::Type& type, const Types& types) {
  if (const auto* flag = std::get_if<bool>(&value.value)) {
    return *flag ? "true" : "false";
  }
  if (const auto* integer = std::get_if<mfidl::Integer>(&value.value)) {
    return number(*integer, type.kind);
  }
  if (const auto* real = std::get_if<double>(&value.value)) {
    return number(*real, type.kind);
  }
  if (const auto* text = std::get_if<std::string>(&value.value)) {
    const bool whole = text->find('\0') == std::string::npos;
    return whole ? quoted(*text)
                 : "std::string_view(" + quoted(*text) + ", " + std::to_string(text->size()) + ')';
  }
  if (const auto* time = std::get_if<std::chrono::nanoseconds>(&value.value)) {
    return duration(*time);
  }
  if (const auto* enum_value = std::get_if<const mfidl::EnumValue*>(&value.value)) {
    return types.reference(*type.enumeration) +
           "::" + types.names().enum_value(*type.enumeration, **enum_value);
  }
  return "{}";  // an empty list or map
}

}  // namespace mfgen::cpp
