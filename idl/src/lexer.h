// Text to tokens, one at a time, in time linear in the text.
//
// The lexer reports what is wrong with a token and goes on: it always makes progress, and after the
// last byte it answers kEnd for ever. `///` lines travel with the token that follows them.
#pragma once

#include <string_view>

#include "mfidl/diagnostics.h"
#include "mfidl/source.h"
#include "token.h"

namespace mfidl {

class Lexer {
 public:
  // Checks the text as a whole first: encoding, NUL bytes, lone carriage returns.
  Lexer(const SourceFile& source, Diagnostics& diagnostics);

  Token next();

 private:
  // Skips blanks and comments; what it learns goes into `token`.
  void skip_trivia(Token& token);
  void skip_line_comment(Token& token);
  void skip_block_comment(Token& token);
  void read_doc_line(Token& token, std::string_view line, bool starts_line);
  // Anything that begins no token; skipped as a run.
  void skip_unexpected(Token& token);

  void read_identifier(Token& token);
  void read_number(Token& token);
  void read_string(Token& token);
  void read_symbol(Token& token);

  void check_encoding();
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool at_end() const { return at_ >= text_.size(); }
  bool starts_number() const;
  bool starts_symbol() const;
  SourceSpan span(std::size_t begin, std::size_t end) const;

  std::string_view text_;
  uint32_t base_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  // The text is no text; whatever the parser misses, the user has been told why.
  bool unreadable_ = false;
  // No token and no comment since the last line end.
  bool line_is_blank_ = true;
};

}  // namespace mfidl
