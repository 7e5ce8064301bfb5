#include "lex_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>
#include <optional>
#include <system_error>

namespace mfidl {
namespace {

constexpr uint64_t kMaxSigned = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct Unit {
  std::string_view name;
  uint64_t nanoseconds;
};
constexpr std::array<Unit, 7> kUnits{{
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
    {"d", 86'400'000'000'000},
}};

// The text in pieces: sign, digits, "." digits, exponent, whatever letters follow.
struct Pieces {
  bool negative = false;
  bool plus = false;
  std::string_view whole;
  bool has_point = false;
  std::string_view fraction;
  std::string_view exponent;  // with its "e"
  std::string_view suffix;
};

std::string_view take_digits(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && (is_digit(text[length]) || text[length] == '_')) ++length;
  const std::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

std::string_view take_exponent(std::string_view& text) {
  if (text.empty() || (text[0] != 'e' && text[0] != 'E')) return {};
  std::size_t length = 1;
  if (length < text.size() && (text[length] == '-' || text[length] == '+')) ++length;
  const std::size_t digits = length;
  while (length < text.size() && is_digit(text[length])) ++length;
  if (length == digits) return {};
  const std::string_view exponent = text.substr(0, length);
  text.remove_prefix(length);
  return exponent;
}

Pieces split(std::string_view text) {
  Pieces pieces;
  if (text[0] == '-' || text[0] == '+') {
    pieces.negative = text[0] == '-';
    pieces.plus = text[0] == '+';
    text.remove_prefix(1);
  }
  pieces.whole = take_digits(text);
  if (!text.empty() && text[0] == '.') {
    pieces.has_point = true;
    text.remove_prefix(1);
    pieces.fraction = take_digits(text);
  }
  pieces.exponent = take_exponent(text);
  pieces.suffix = text;
  return pieces;
}

// "_" must have a digit on either side.
bool underscores_are_fine(std::string_view digits) {
  return !digits.starts_with('_') && !digits.ends_with('_') &&
         digits.find("__") == std::string_view::npos;
}

std::string without_underscores(std::string_view digits) {
  std::string plain(digits);
  plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
  return plain;
}

std::optional<uint64_t> to_unsigned(std::string_view digits, int base) {
  const std::string plain = without_underscores(digits);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value, base);
  if (error != std::errc{} || end != plain.data() + plain.size()) return std::nullopt;
  return value;
}

NumberResult problem(TokenKind kind, NumberProblem what, std::string reason = {}) {
  NumberResult result;
  result.kind = kind;
  result.problem = what;
  result.reason = std::move(reason);
  if (kind == TokenKind::kFloat) result.value = ast::FloatLiteral{};
  if (kind == TokenKind::kDuration) result.value = ast::DurationLiteral{};
  return result;
}

NumberResult malformed(TokenKind kind, std::string reason) {
  return problem(kind, NumberProblem::kMalformed, std::move(reason));
}

NumberResult integer(bool negative, std::string_view digits, int base) {
  const std::optional<uint64_t> magnitude = to_unsigned(digits, base);
  if (!magnitude || (negative && *magnitude > kMaxSigned + 1)) {
    return problem(TokenKind::kInt, NumberProblem::kIntegerTooLarge);
  }
  NumberResult result;
  result.value = ast::IntLiteral{negative && *magnitude != 0, *magnitude};
  return result;
}

NumberResult hexadecimal(bool negative, std::string_view digits) {
  const bool only_digits = !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) {
    return is_digit(c) || c == '_' || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
  if (!only_digits) return malformed(TokenKind::kInt, "hexadecimal digits must follow '0x'");
  if (!underscores_are_fine(digits)) {
    return malformed(TokenKind::kInt, "'_' stands between two digits");
  }
  return integer(negative, digits, 16);
}

NumberResult floating(const Pieces& pieces) {
  const std::string text = (pieces.negative ? "-" : "") + without_underscores(pieces.whole) + "." +
                           without_underscores(pieces.fraction) + std::string(pieces.exponent);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return problem(TokenKind::kFloat, NumberProblem::kFloatOutOfRange);
  }
  NumberResult result;
  result.kind = TokenKind::kFloat;
  result.value = ast::FloatLiteral{value};
  return result;
}

NumberResult bad_duration(std::string reason) {
  return problem(TokenKind::kDuration, NumberProblem::kMalformedDuration, std::move(reason));
}

// `fraction` of `unit` in whole nanoseconds, or nothing when that is not a whole number. Exact: the
// fraction F / 10^n is reduced first, and is whole if its denominator divides the unit.
std::optional<uint64_t> fraction_of(std::string_view fraction, uint64_t unit) {
  std::string digits = without_underscores(fraction);
  while (digits.ends_with('0')) digits.pop_back();
  if (digits.empty()) return 0;
  // No unit has so many factors of two and five, and 10^18 still fits.
  if (digits.size() > 18) return std::nullopt;
  const uint64_t numerator = *to_unsigned(digits, 10);
  uint64_t denominator = 1;
  for (std::size_t i = 0; i < digits.size(); ++i) denominator *= 10;
  const uint64_t common = std::gcd(numerator, denominator);
  if (unit % (denominator / common) != 0) return std::nullopt;
  return numerator / common * (unit / (denominator / common));
}

NumberResult duration(const Pieces& pieces, uint64_t unit) {
  const std::optional<uint64_t> fraction = fraction_of(pieces.fraction, unit);
  if (!fraction) return bad_duration("it is finer than a nanosecond");
  const std::optional<uint64_t> whole = to_unsigned(pieces.whole, 10);
  if (!whole || *whole > kMaxSigned / unit || *fraction > kMaxSigned - *whole * unit) {
    return bad_duration("it does not fit in 64 bits of nanoseconds (292 years)");
  }
  const auto nanoseconds = static_cast<int64_t>(*whole * unit + *fraction);
  NumberResult result;
  result.kind = TokenKind::kDuration;
  result.value = ast::DurationLiteral{pieces.negative ? -nanoseconds : nanoseconds};
  return result;
}

// Letters stand behind the digits: a unit, or a mistake.
NumberResult with_suffix(const Pieces& pieces) {
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                 [&](const Unit& u) { return u.name == pieces.suffix; });
  if (unit == kUnits.end()) {
    if (pieces.suffix.find_first_of("0123456789") != std::string_view::npos) {
      return bad_duration("a duration has one unit (90m, not 1h30m)");
    }
    return bad_duration("its unit is one of ns, us, ms, s, m, h, d");
  }
  if (!pieces.exponent.empty()) return bad_duration("a duration has no exponent");
  return duration(pieces, unit->nanoseconds);
}

}  // namespace

std::size_t number_length(std::string_view text) {
  std::size_t length = text[0] == '-' || text[0] == '+' ? 1 : 0;
  const bool hex = text.substr(length).starts_with("0x") || text.substr(length).starts_with("0X");
  while (length < text.size()) {
    const char c = text[length];
    const bool after_exponent = !hex && length > 0 && (c == '-' || c == '+') &&
                                (text[length - 1] == 'e' || text[length - 1] == 'E');
    if (!is_digit(c) && !is_letter(c) && c != '_' && c != '.' && !after_exponent) break;
    ++length;
  }
  return length;
}

NumberResult parse_number(std::string_view text) {
  const Pieces pieces = split(text);
  const TokenKind kind = pieces.has_point ? TokenKind::kFloat : TokenKind::kInt;
  if (pieces.plus) return malformed(kind, "a number has no '+'");
  if (pieces.whole == "0" && !pieces.has_point &&
      (pieces.suffix.starts_with('x') || pieces.suffix.starts_with('X'))) {
    if (pieces.suffix[0] == 'X') return malformed(kind, "hexadecimal starts with '0x'");
    return hexadecimal(pieces.negative, pieces.suffix.substr(1));
  }
  if (pieces.whole.empty() || (pieces.has_point && pieces.fraction.empty())) {
    return malformed(kind, "digits stand on both sides of '.'");
  }
  if (pieces.suffix.starts_with('.')) return malformed(kind, "it has more than one '.'");
  if (!underscores_are_fine(pieces.whole) || !underscores_are_fine(pieces.fraction)) {
    return malformed(kind, "'_' stands between two digits");
  }
  if (pieces.whole.size() > 1 && pieces.whole[0] == '0') {
    return malformed(kind, "a leading 0 is not allowed");
  }
  if (!pieces.suffix.empty()) return with_suffix(pieces);
  if (!pieces.has_point && !pieces.exponent.empty()) {
    return malformed(TokenKind::kFloat, "an exponent needs a point before it (1.0e3)");
  }
  return pieces.has_point ? floating(pieces) : integer(pieces.negative, pieces.whole, 10);
}

}  // namespace mfidl
