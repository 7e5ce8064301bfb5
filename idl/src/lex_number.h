// Integers, floats and durations: where one ends, and what it is worth.
//
//   INT      = ["-"] (0 | [1-9][0-9]* | 0x hex); "_" between digits; no "+", no leading 0
//   FLOAT    = digits on both sides of "."; optional exponent
//   DURATION = ["-"] number followed at once by ns|us|ms|s|m|h|d; one unit
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "token.h"

namespace mfidl {

enum class NumberProblem : uint8_t {
  kNone,
  kMalformed,  // `reason` says how
  kIntegerTooLarge,
  kFloatOutOfRange,
  kMalformedDuration,  // `reason` says how
};

struct NumberResult {
  TokenKind kind = TokenKind::kInt;
  decltype(Token::value) value = ast::IntLiteral{};
  NumberProblem problem = NumberProblem::kNone;
  std::string reason;
};

// How many bytes belong to the number that `text` starts with, well formed or not: everything up to
// a byte that could not continue a number or a word.
std::size_t number_length(std::string_view text);

NumberResult parse_number(std::string_view text);

}  // namespace mfidl
