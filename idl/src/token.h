// What the lexer hands to the parser.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "mfidl/ast.h"
#include "mfidl/source.h"

namespace mfidl {

enum class TokenKind : uint8_t {
  kEnd,  // end of file
  kIdentifier,
  kInt,
  kFloat,
  kDuration,
  kString,
  kOpenBrace,
  kCloseBrace,
  kOpenParen,
  kCloseParen,
  kOpenBracket,
  kCloseBracket,
  kLess,
  kGreater,
  kComma,
  kColon,
  kSemicolon,
  kDot,
  kEquals,
  kQuestion,
  kPipe,
  kAt,
  kArrow,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  // It stands first on its line.
  bool starts_line = false;
  // Something was wrong in it or just before it, and has been reported.
  bool damaged = false;
  SourceSpan span;
  std::string_view text;
  // Of the three kinds of numbers and of strings.
  std::variant<std::monostate, ast::IntLiteral, ast::FloatLiteral, ast::DurationLiteral,
               ast::StringLiteral>
      value;
  // The `///` lines before it.
  ast::DocComment doc;

  bool is(TokenKind wanted) const { return kind == wanted; }
  // Keywords are contextual: any identifier with this spelling.
  bool is_word(std::string_view word) const {
    return kind == TokenKind::kIdentifier && text == word;
  }
};

// "';'", "'{'", "a name": how a message calls a kind of token.
std::string_view token_kind_name(TokenKind kind);
// "'score'", "the string \"a\"", "the end of the file": how a message calls this token.
std::string describe(const Token& token);

}  // namespace mfidl
