#include "lex_string.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "diagnostic_table.h"
#include "utf8.h"

namespace mfidl {
namespace {

// Reads one literal from front to back.
class StringReader {
 public:
  StringReader(std::string_view text, uint32_t place, Diagnostics& diagnostics)
      : text_(text), place_(place), diagnostics_(diagnostics) {}

  StringResult read() {
    while (at_ < text_.size() && text_[at_] != '\n') {
      const char c = text_[at_];
      if (c == '"') return {std::move(value_), at_ + 1};
      if (c == '\\') {
        read_escape();
      } else if (is_control(c)) {
        if (c == '\r' && text_.substr(at_).starts_with("\r\n")) break;
        read_control();
      } else {
        value_ += c;
        ++at_;
      }
    }
    diagnostics_.report(diag::kUnterminatedString, span(0, at_))
        .help("close it with '\"'; a line break is written \\n");
    return {std::move(value_), at_};
  }

 private:
  static bool is_control(char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; }

  SourceSpan span(std::size_t begin, std::size_t end) const {
    return {place_ + static_cast<uint32_t>(begin), place_ + static_cast<uint32_t>(end)};
  }

  void read_control() {
    const auto code_point = static_cast<uint32_t>(static_cast<unsigned char>(text_[at_]));
    // The check of the whole text has reported a NUL byte and a lone carriage return.
    if (code_point != 0 && code_point != '\r') {
      auto& diagnostic = diagnostics_.report(diag::kControlCharacter, span(at_, at_ + 1),
                                             code_point_name(code_point));
      if (code_point == '\t') diagnostic.help("write \\t");
    }
    ++at_;
  }

  void read_escape() {
    const std::size_t begin = at_++;
    switch (at_ < text_.size() ? text_[at_] : '\n') {
      case '"':
        return put('"');
      case '\\':
        return put('\\');
      case 'n':
        return put('\n');
      case 'r':
        return put('\r');
      case 't':
        return put('\t');
      case 'u':
        return read_unicode_escape(begin);
      case '\n':
        return;  // the string is not closed; read() says so
      case '\r':
        if (text_.substr(at_).starts_with("\r\n")) return;
        break;
      default:
        break;
    }
    const std::size_t length = std::max<std::size_t>(sequence_length(text_.substr(at_)), 1);
    diagnostics_.report(diag::kUnknownEscape, span(begin, at_ + length), text_.substr(at_, length))
        .help("the escapes are \\\" \\\\ \\n \\r \\t and \\u{1F600}");
    at_ += length;
  }

  void put(char c) {
    value_ += c;
    ++at_;
  }

  // \u{1F600}: one to six hexadecimal digits
  void read_unicode_escape(std::size_t begin) {
    ++at_;
    const std::size_t open = at_;
    if (!text_.substr(at_).starts_with('{')) return malformed(begin, "write \\u{1F600}");
    ++at_;
    while (at_ < text_.size() && is_hex(text_[at_])) ++at_;
    const std::string_view digits = text_.substr(open + 1, at_ - open - 1);
    if (!text_.substr(at_).starts_with('}')) return malformed(begin, "'}' is missing");
    ++at_;
    if (digits.empty() || digits.size() > 6) return malformed(begin, "it has one to six digits");
    uint32_t code_point = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), code_point, 16);
    if (!is_scalar_value(code_point)) return malformed(begin, "it is no Unicode character");
    append_utf8(value_, code_point);
  }

  static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  void malformed(std::size_t begin, std::string_view reason) {
    diagnostics_.report(diag::kMalformedUnicodeEscape, span(begin, at_),
                        text_.substr(begin, at_ - begin), reason);
  }

  std::string_view text_;
  uint32_t place_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 1;
  std::string value_;
};

}  // namespace

StringResult parse_string(std::string_view text, uint32_t place, Diagnostics& diagnostics) {
  return StringReader(text, place, diagnostics).read();
}

}  // namespace mfidl
