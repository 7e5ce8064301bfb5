#include "token.h"

#include <array>

namespace mfidl {

std::string_view token_kind_name(TokenKind kind) {
  static constexpr std::array<std::string_view, 23> kNames{
      "the end of the file",
      "a name",
      "an integer",
      "a number",
      "a duration",
      "a string",
      "'{'",
      "'}'",
      "'('",
      "')'",
      "'['",
      "']'",
      "'<'",
      "'>'",
      "','",
      "':'",
      "';'",
      "'.'",
      "'='",
      "'?'",
      "'|'",
      "'@'",
      "'->'",
  };
  static_assert(kNames.size() == static_cast<std::size_t>(TokenKind::kArrow) + 1);
  return kNames[static_cast<std::size_t>(kind)];
}

std::string describe(const Token& token) {
  if (token.is(TokenKind::kEnd)) return std::string(token_kind_name(token.kind));
  if (token.is(TokenKind::kString)) return "the string " + std::string(token.text);
  return "'" + std::string(token.text) + "'";
}

}  // namespace mfidl
