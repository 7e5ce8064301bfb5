#include "wire/text.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace multifrost::wire {
namespace {

unsigned char_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// The length of the well-formed sequence at `at` (Unicode table 3-7), 0 when there is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const unsigned first = char_at(text, at);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  unsigned low = 0x80;
  unsigned high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) {
    length = 2;
  } else if (first >= 0xe0 && first <= 0xef) {
    length = 3;
    if (first == 0xe0) low = 0xa0;   // overlong
    if (first == 0xed) high = 0x9f;  // surrogates
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;  // above U+10FFFF
  }
  if (length == 0 || text.size() - at < length) return 0;
  for (std::size_t next = 1; next < length; ++next, low = 0x80, high = 0xbf) {
    const unsigned byte = char_at(text, at + next);
    if (byte < low || byte > high) return 0;
  }
  return length;
}

void append_hex(std::string& to, std::string_view prefix, unsigned byte) {
  constexpr char digits[] = "0123456789abcdef";
  to.append(prefix).push_back(digits[byte >> 4]);
  to.push_back(digits[byte & 15]);
}

// One byte of a JSON string.
void append_escaped(std::string& to, char c) {
  switch (c) {
    case '"':
      to.append("\\\"");
      break;
    case '\\':
      to.append("\\\\");
      break;
    case '\n':
      to.append("\\n");
      break;
    case '\r':
      to.append("\\r");
      break;
    case '\t':
      to.append("\\t");
      break;
    default: {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7f) {
        append_hex(to, "\\u00", byte);
      } else {
        to.push_back(c);
      }
    }
  }
}

template <class T>
bool parse_canonical(std::string_view text, T& into) noexcept {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || digits.front() < '0' || digits.front() > '9') return false;
  if (digits.front() == '0' && text.size() != 1) return false;  // 01 and -0
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), into);
  return fault == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::size_t valid_utf8(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t eight;
    if (text.size() >= sizeof eight &&
        text.size() - at < sizeof eight) {  // the rest, with what came before it
      std::memcpy(&eight, text.data() + text.size() - sizeof eight, sizeof eight);
      const unsigned before = 8 * static_cast<unsigned>(sizeof eight - (text.size() - at));
      if ((eight >> before & 0x8080'8080'8080'8080) == 0) return text.size();
    } else if (text.size() - at >= sizeof eight) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & 0x8080'8080'8080'8080) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const std::size_t length = sequence_length(text, at);
    if (length == 0) return at;
    at += length;
  }
  return at;
}

std::string mend_utf8(std::string_view text) {
  std::string mended;
  while (!text.empty()) {
    const std::size_t good = valid_utf8(text);
    mended.append(text.substr(0, good));
    text.remove_prefix(good);
    if (text.empty()) break;
    mended.append("\xef\xbf\xbd");
    text.remove_prefix(1);
  }
  return mended;
}

void append_json_string(std::string& to, std::string_view utf8) {
  to.push_back('"');
  for (const char c : utf8) append_escaped(to, c);
  to.push_back('"');
}

std::string quoted(std::string_view text, std::size_t limit) {
  std::string result = "\"";
  std::size_t at = 0;
  while (at < text.size() && at < limit) {
    const std::size_t length = sequence_length(text, at);
    if (length == 0) {
      append_hex(result, "\\x", char_at(text, at));
      ++at;
    }
    for (std::size_t left = length; left != 0; --left) append_escaped(result, text[at++]);
  }
  result.push_back('"');
  if (at < text.size()) result.append("…");
  return result;
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  std::string result(text, end);
  if (result.find_first_of(".e") == std::string::npos) result.append(".0");
  return result;
}

std::string not_finite(std::string_view type, double value) {
  return "expected " + std::string(type) + ", got " + number_text(value) +
         ", which does not travel on this wire (declare f64? or @nan_as_null)";
}

bool parse_integer(std::string_view text, std::int64_t& into) noexcept {
  return parse_canonical(text, into);
}

bool parse_unsigned(std::string_view text, std::uint64_t& into) noexcept {
  return parse_canonical(text, into);
}

}  // namespace multifrost::wire
