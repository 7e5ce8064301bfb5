#include "lexer.h"

#include <cstdio>
#include <string_view>

#include "diagnostic_table.h"
#include "lex_number.h"
#include "lex_string.h"
#include "utf8.h"

namespace mfidl {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// One character each, in the order of TokenKind from kOpenBrace on; "->" is read by itself.
constexpr std::string_view kSymbols = "{}()[]<>,:;.=?|@";
static_assert(static_cast<std::size_t>(TokenKind::kOpenBrace) + kSymbols.size() ==
              static_cast<std::size_t>(TokenKind::kArrow));

TokenKind symbol_kind(char c) {
  const std::size_t index = static_cast<std::size_t>(TokenKind::kOpenBrace) + kSymbols.find(c);
  return static_cast<TokenKind>(index);
}

// What people type, or paste, instead of a double quote.
constexpr std::u32string_view kOtherQuotes = U"'`\u2018\u2019\u201C\u201D\u201E\u00AB\u00BB";

// "'$'", or the number of what cannot be seen.
std::string show_character(std::string_view sequence) {
  const uint32_t code_point = decode_code_point(sequence);
  const bool visible = code_point > 0x20 && code_point < 0x7F;
  if (visible) return "'" + std::string(sequence) + "'";
  switch (code_point) {
    case 0xA0:
      return "no-break space (U+00A0)";
    case 0x200B:
      return "zero-width space (U+200B)";
    case 0xFEFF:
      return "byte order mark (U+FEFF) inside the text";
    default:
      break;
  }
  if (code_point < 0xA0) return "control character " + code_point_name(code_point);
  return "'" + std::string(sequence) + "' (" + code_point_name(code_point) + ")";
}

}  // namespace

Lexer::Lexer(const SourceFile& source, Diagnostics& diagnostics)
    : text_(source.text()), base_(source.base()), diagnostics_(diagnostics) {
  check_encoding();
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

SourceSpan Lexer::span(std::size_t begin, std::size_t end) const {
  return {base_ + static_cast<uint32_t>(begin), base_ + static_cast<uint32_t>(end)};
}

void Lexer::check_encoding() {
  if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")) {
    diagnostics_.report(diag::kUtf16, span(0, 2)).help("save the file as UTF-8");
    text_ = {};
    unreadable_ = true;
    return;
  }
  if (const std::size_t bad = find_invalid_utf8(text_); bad != std::string_view::npos) {
    char hex[4];
    std::snprintf(hex, sizeof hex, "%02X", static_cast<unsigned>(static_cast<uint8_t>(text_[bad])));
    diagnostics_.report(diag::kNotUtf8, span(bad, bad + 1), hex).help("save the file as UTF-8");
  }
  if (const std::size_t nul = text_.find('\0'); nul != std::string_view::npos) {
    diagnostics_.report(diag::kNulByte, span(nul, nul + 1))
        .help("save the file as UTF-8 text; UTF-16 text and binary files hold NUL bytes");
    text_ = {};
    unreadable_ = true;
    return;
  }
  for (std::size_t cr = text_.find('\r'); cr != std::string_view::npos;
       cr = text_.find('\r', cr + 1)) {
    if (cr + 1 < text_.size() && text_[cr + 1] == '\n') continue;
    diagnostics_.report(diag::kLoneCarriageReturn, span(cr, cr + 1))
        .help("end lines with LF or CRLF");
    break;
  }
}

Token Lexer::next() {
  Token token;
  token.damaged = unreadable_;
  skip_trivia(token);
  token.starts_line = line_is_blank_;
  line_is_blank_ = false;
  const std::size_t begin = at_;
  if (at_end()) {
    token.kind = TokenKind::kEnd;
  } else if (is_letter(peek()) || peek() == '_') {
    read_identifier(token);
  } else if (starts_number()) {
    read_number(token);
  } else if (peek() == '"') {
    read_string(token);
  } else {
    read_symbol(token);
  }
  token.span = span(begin, at_);
  token.text = text_.substr(begin, at_ - begin);
  return token;
}

// ---- what stands between tokens -----------------------------------------------------------------

void Lexer::skip_trivia(Token& token) {
  while (!at_end()) {
    const char c = peek();
    if (is_blank(c)) {
      if (c == '\n') line_is_blank_ = true;
      ++at_;
    } else if (c == '/' && peek(1) == '/') {
      skip_line_comment(token);
    } else if (c == '/' && peek(1) == '*') {
      skip_block_comment(token);
    } else if (is_word(c) || c == '"' || starts_number() || starts_symbol()) {
      return;
    } else {
      skip_unexpected(token);
    }
  }
}

// comments = // and ///; a line of four and more slashes is a plain comment
void Lexer::skip_line_comment(Token& token) {
  const std::size_t begin = at_;
  const std::size_t line_end = text_.find('\n', at_);
  at_ = line_end == std::string_view::npos ? text_.size() : line_end;
  std::string_view line = text_.substr(begin, at_ - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("///") && !line.starts_with("////")) {
    read_doc_line(token, line, line_is_blank_);
  }
}

void Lexer::read_doc_line(Token& token, std::string_view line, bool starts_line) {
  const auto begin = static_cast<std::size_t>(line.data() - text_.data());
  const SourceSpan where = span(begin, begin + line.size());
  if (!starts_line) {
    diagnostics_.report(diag::kMisplacedDocComment, where)
        .help("put it on the line above, or write '//' for a remark");
    return;
  }
  line.remove_prefix(3);
  if (line.starts_with(' ')) line.remove_prefix(1);
  // The span tells a first line from an empty one.
  if (token.doc.span.valid()) token.doc.text += '\n';
  token.doc.text += line;
  token.doc.span = token.doc.span.to(where);
}

void Lexer::skip_block_comment(Token& token) {
  const std::size_t begin = at_;
  const std::size_t close = text_.find("*/", at_ + 2);
  const bool closed = close != std::string_view::npos;
  at_ = closed ? close + 2 : text_.size();
  auto& diagnostic = diagnostics_.report(diag::kBlockComment, span(begin, begin + 2));
  diagnostic.help("start each line with '//', or with '///' to document what follows");
  if (!closed) diagnostic.note({}, "this one does not end before the end of the file");
  if (text_.substr(begin, at_ - begin).find('\n') != std::string_view::npos) line_is_blank_ = true;
  token.damaged = true;
}

void Lexer::skip_unexpected(Token& token) {
  const std::size_t begin = at_;
  const std::size_t length = sequence_length(text_.substr(at_));
  if (length == 0 || peek() == '\0') {
    ++at_;  // check_encoding() has reported it
  } else {
    const std::string_view sequence = text_.substr(at_, length);
    const uint32_t code_point = decode_code_point(sequence);
    at_ += length;
    if (kOtherQuotes.find(code_point) != std::u32string_view::npos) {
      diagnostics_.report(diag::kWrongQuotes, span(begin, at_), show_character(sequence));
      // What follows is the text of a string, up to a quote of the same kind or the line's end.
      while (!at_end() && peek() != '\n' && peek() != ';' && peek() != ',' && peek() != ')') ++at_;
    } else {
      diagnostics_.report(diag::kUnexpectedCharacter, span(begin, at_), show_character(sequence));
      while (!at_end() && text_.substr(at_).starts_with(sequence)) at_ += length;
    }
  }
  token.damaged = true;
  line_is_blank_ = false;
}

// ---- tokens -------------------------------------------------------------------------------------

// ID = [A-Za-z][A-Za-z0-9_]*, no "__"; a leading "_" is an error
void Lexer::read_identifier(Token& token) {
  const std::size_t begin = at_;
  while (is_word(peek())) ++at_;
  token.kind = TokenKind::kIdentifier;
  const std::string_view name = text_.substr(begin, at_ - begin);
  if (name.front() == '_') {
    diagnostics_.report(diag::kLeadingUnderscore, span(begin, at_), name)
        .help("names with a leading '_' are private to a worker and cannot be called");
  } else if (name.find("__") != std::string_view::npos) {
    diagnostics_.report(diag::kDoubleUnderscore, span(begin, at_), name)
        .help("C++ reserves such names; use one '_'");
  }
}

bool Lexer::starts_number() const {
  if (is_digit(peek())) return true;
  const char sign_or_point = peek();
  if (sign_or_point != '-' && sign_or_point != '+' && sign_or_point != '.') return false;
  if (is_digit(peek(1))) return true;
  return sign_or_point != '.' && peek(1) == '.' && is_digit(peek(2));
}

void Lexer::read_number(Token& token) {
  const std::size_t begin = at_;
  at_ += number_length(text_.substr(at_));
  const NumberResult number = parse_number(text_.substr(begin, at_ - begin));
  const std::string_view text = text_.substr(begin, at_ - begin);
  token.kind = number.kind;
  token.value = number.value;
  token.damaged |= number.problem != NumberProblem::kNone;
  switch (number.problem) {
    case NumberProblem::kNone:
      break;
    case NumberProblem::kMalformed:
      diagnostics_.report(diag::kMalformedNumber, span(begin, at_), text, number.reason);
      break;
    case NumberProblem::kIntegerTooLarge:
      diagnostics_.report(diag::kIntegerTooLarge, span(begin, at_), text);
      break;
    case NumberProblem::kFloatOutOfRange:
      diagnostics_.report(diag::kFloatOutOfRange, span(begin, at_), text);
      break;
    case NumberProblem::kMalformedDuration:
      diagnostics_.report(diag::kMalformedDuration, span(begin, at_), text, number.reason);
      break;
  }
}

void Lexer::read_string(Token& token) {
  token.kind = TokenKind::kString;
  const std::size_t errors_before = diagnostics_.error_count();
  const StringResult string =
      parse_string(text_.substr(at_), base_ + static_cast<uint32_t>(at_), diagnostics_);
  at_ += string.length;
  token.value = ast::StringLiteral{string.value};
  token.damaged |= diagnostics_.error_count() != errors_before;
}

bool Lexer::starts_symbol() const {
  return (!at_end() && kSymbols.find(peek()) != std::string_view::npos) ||
         (peek() == '-' && peek(1) == '>');
}

void Lexer::read_symbol(Token& token) {
  if (peek() == '-') {
    token.kind = TokenKind::kArrow;
    at_ += 2;
    return;
  }
  token.kind = symbol_kind(peek());
  ++at_;
}

}  // namespace mfidl
