// Every token of the language page's example (samples/vision) is deleted, doubled and swapped with
// the next one. Whatever comes out must be accepted, or refused with a first error within two lines
// of the change. Which changes are accepted is a golden: a front end that took everything would not
// pass.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "front_end.h"
#include "lexer.h"

namespace mfidl::test {
namespace {

constexpr uint32_t kNearEnough = 2;

// A token by its place in the text.
struct Piece {
  std::size_t begin = 0;
  std::size_t end = 0;
  uint32_t line = 0;
};

std::vector<Piece> pieces_of(const std::string& text) {
  FrontEnd front_end;
  const SourceFile& file = front_end.sources.add("sweep.mfidl", text);
  std::vector<Piece> pieces;
  Lexer lexer(file, front_end.diagnostics);
  for (Token token = lexer.next(); !token.is(TokenKind::kEnd); token = lexer.next()) {
    pieces.push_back({token.span.begin - file.base(), token.span.end - file.base(),
                      file.line_of(token.span.begin)});
  }
  EXPECT_EQ(front_end.text(), "");
  return pieces;
}

// Runs one changed text. Adds a line to `accepted` when nothing is wrong with it.
class Sweep {
 public:
  Sweep(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {}

  std::string run() {
    const std::vector<Piece> pieces = pieces_of(text_);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const Piece& piece = pieces[i];
      const std::string token = text_.substr(piece.begin, piece.end - piece.begin);
      check("delete", token, piece, piece, replaced(piece.begin, piece.end, " "));
      check("double", token, piece, piece, replaced(piece.begin, piece.end, token + " " + token));
      if (i + 1 == pieces.size()) continue;
      const Piece& next = pieces[i + 1];
      const std::string other = text_.substr(next.begin, next.end - next.begin);
      const std::string between = text_.substr(piece.end, next.begin - piece.end);
      // Blanks keep neighbours from growing together; they change no token.
      if (token == other) continue;
      check("swap", token, piece, next,
            replaced(piece.begin, next.end, " " + other + " " + between + token + " "));
    }
    return accepted_;
  }

 private:
  std::string replaced(std::size_t begin, std::size_t end, const std::string& by) const {
    return text_.substr(0, begin) + by + text_.substr(end);
  }

  void check(const std::string& what, const std::string& token, const Piece& first,
             const Piece& last, const std::string& changed) {
    FrontEnd front_end;
    front_end.sources.add(path_, changed);
    front_end.run(path_);
    const std::string where =
        what + " '" + token + "' in line " + std::to_string(first.line) + "\n";
    for (const Diagnostic& diagnostic : front_end.diagnostics.all()) {
      if (diagnostic.severity != Severity::kError) continue;
      const SourceFile* file = front_end.sources.file_of(diagnostic.span);
      ASSERT_NE(file, nullptr) << where << front_end.text();
      ASSERT_EQ(file->path(), path_) << where << front_end.text();
      const uint32_t line = file->line_of(diagnostic.span.begin);
      EXPECT_GE(line + kNearEnough, first.line) << where << front_end.text();
      EXPECT_LE(line, last.line + kNearEnough) << where << front_end.text();
      return;
    }
    accepted_ += where;
  }

  std::string path_;
  std::string text_;
  std::string accepted_;
};

TEST(TokenSweep, FirstErrorIsNearTheChange) {
  std::string accepted;
  for (const std::string name : {"vision.mfidl", "common/geo.mfidl"}) {
    const std::string path = source_path("samples/vision/" + name);
    accepted += "# " + name + "\n" + Sweep(path, read_file(path)).run();
  }
  expect_golden(source_path("tests/idl/data/token_sweep_accepted.txt"), accepted);
}

}  // namespace
}  // namespace mfidl::test
