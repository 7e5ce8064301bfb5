// Places, excerpts and carets; diagnostics as JSON.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "diagnostic_table.h"
#include "front_end.h"
#include "mfidl/render.h"

namespace mfidl::test {
namespace {

namespace fs = std::filesystem;

// Reports "unexpected HERE" for the first HERE in `text`.
class Render : public testing::Test {
 protected:
  SourceSpan mark(const std::string& path, const std::string& text, const std::string& here) {
    const SourceFile& file = front_end_.sources.add(path, text);
    const auto at = file.base() + static_cast<uint32_t>(text.find(here));
    return {at, at + static_cast<uint32_t>(here.size())};
  }
  std::string render(const std::string& text, const std::string& here) {
    front_end_.diagnostics.report(diag::kUnexpectedCharacter, mark("x.mfidl", text, here), "HERE");
    return front_end_.text();
  }
  static std::string head(const std::string& place) {
    return "x.mfidl:" + place + ": error: unexpected HERE [MF0010]\n";
  }

  FrontEnd front_end_;
};

TEST_F(Render, LineColumnAndCaret) {
  EXPECT_EQ(render("one\ntwo abc three\n", "abc"),
            head("2:5") + "    2 | two abc three\n      |     ^~~\n");
}

TEST_F(Render, ColumnsCountCodePoints) {
  EXPECT_EQ(render("Grüße 😀 abc\n", "abc"),
            head("1:9") + "    1 | Grüße 😀 abc\n      |         ^~~\n");
}

TEST_F(Render, TabsAreRepeatedBelow) {
  EXPECT_EQ(render("\ta\tabc\n", "abc"), head("1:4") + "    1 | \ta\tabc\n      | \t \t^~~\n");
}

TEST_F(Render, LineEndsAndByteOrderMarkAreNotShown) {
  EXPECT_EQ(render("\xEF\xBB\xBF"
                   "abc\r\nx",
                   "abc"),
            head("1:1") + "    1 | abc\n      | ^~~\n");
}

TEST_F(Render, LastLineWithoutLineEnd) {
  EXPECT_EQ(render("x\nabc", "abc"), head("2:1") + "    2 | abc\n      | ^~~\n");
}

TEST_F(Render, ASpanOfSeveralLinesIsMarkedOnItsFirst) {
  EXPECT_EQ(render("a bc\nde f\n", "bc\nde"), head("1:3") + "    1 | a bc\n      |   ^~\n");
}

TEST_F(Render, AnEmptySpanBehindTheLineHasACaret) {
  const SourceSpan span = mark("x.mfidl", "abc\n", "c");
  front_end_.diagnostics.report(diag::kUnexpectedCharacter, {span.end, span.end}, "HERE");
  EXPECT_EQ(front_end_.text(), head("1:4") + "    1 | abc\n      |    ^\n");
}

TEST_F(Render, ControlCharactersNeverReachTheTerminal) {
  EXPECT_EQ(render("\x1b[31m\xff"
                   "abc\n",
                   "abc"),
            head("1:7") + "    1 | \uFFFD[31m\uFFFDabc\n      |       ^~~\n");
  EXPECT_EQ(render("\x1b[31mabc", "abc").find('\x1b'), std::string::npos);
}

TEST_F(Render, ControlCharactersInMessagesAreEscaped) {
  front_end_.diagnostics.report(diag::kUnexpectedCharacter, {}, "\x1b[31m\n\t\x7f");
  EXPECT_EQ(front_end_.text(), "error: unexpected \\u{1b}[31m\\u{a}\\u{9}\\u{7f} [MF0010]\n");
}

TEST_F(Render, LongLinesAreCut) {
  const std::string text = render(std::string(5000, 'a') + "X" + std::string(5000, 'b'), "X");
  EXPECT_EQ(text, head("1:5001") + "    1 | …" + std::string(80, 'a') + "X" + std::string(79, 'b') +
                      "…\n      |  " + std::string(80, ' ') + "^\n");
}

TEST_F(Render, NotesHelpAndSuggestion) {
  const SourceSpan use = mark("x.mfidl", "box: Rekt;\n", "Rekt");
  const SourceSpan declared = mark("geo.mfidl", "\nstruct Rect {\n", "Rect");
  front_end_.diagnostics.report(diag::kUnexpectedCharacter, use, "'Rekt'")
      .suggest("Rect")
      .note(declared, "declared here")
      .note({}, "a note without a place")
      .help("look at the spelling");
  EXPECT_EQ(front_end_.text(),
            "x.mfidl:1:6: error: unexpected 'Rekt'; did you mean 'Rect'? [MF0010]\n"
            "    1 | box: Rekt;\n"
            "      |      ^~~~\n"
            "geo.mfidl:2:8: note: declared here\n"
            "    2 | struct Rect {\n"
            "      |        ^~~~\n"
            "      = note: a note without a place\n"
            "      = help: look at the spelling\n");
}

TEST_F(Render, WarningsAreCappedAndCounted) {
  const SourceSpan span = mark("x.mfidl", "abc", "abc");
  for (int i = 0; i < 105; ++i) front_end_.diagnostics.report(diag::kStrayDocComment, span);
  EXPECT_FALSE(front_end_.diagnostics.has_errors());
  EXPECT_EQ(front_end_.diagnostics.warning_count(), 105U);
  EXPECT_EQ(front_end_.diagnostics.all().size(), kMaxWarnings);
  EXPECT_TRUE(front_end_.text().ends_with("\n5 more warnings\n"));
}

TEST_F(Render, ErrorsAreCapped) {
  for (int i = 0; i < 60; ++i) front_end_.diagnostics.report(diag::kUtf16, {}).help("kept or not");
  EXPECT_EQ(front_end_.diagnostics.all().size(), kMaxErrors);
  EXPECT_EQ(front_end_.diagnostics.suppressed_count(), 10U);
  EXPECT_TRUE(front_end_.text().ends_with("\ntoo many errors; no more than 50 are reported\n"));
}

TEST_F(Render, Json) {
  const SourceSpan use = mark("x.mfidl", "box: Rekt;\n", "Rekt");
  const SourceSpan declared = mark("geo.mfidl", "\nstruct Rect {\n", "Rect");
  front_end_.diagnostics.report(diag::kUnexpectedCharacter, use, "'Rekt'")
      .suggest("Rect")
      .note(declared, "declared here")
      .help("look at the spelling");
  front_end_.diagnostics.report(diag::kStrayDocComment, declared);
  front_end_.diagnostics.report(diag::kCannotReadFile, {}, "\xff.mfidl", "gone");
  EXPECT_EQ(render_json(front_end_.diagnostics, front_end_.sources), R"({
  "version": 1,
  "errors": 2,
  "warnings": 1,
  "not_shown": 0,
  "diagnostics": [
    {
      "code": "MF0010",
      "severity": "error",
      "message": "unexpected 'Rekt'; did you mean 'Rect'?",
      "file": "x.mfidl",
      "line": 1,
      "column": 6,
      "end_line": 1,
      "end_column": 10,
      "suggestion": "Rect",
      "notes": [
        {
          "message": "declared here",
          "file": "geo.mfidl",
          "line": 2,
          "column": 8,
          "end_line": 2,
          "end_column": 12
        }
      ],
      "help": "look at the spelling"
    },
    {
      "code": "MF0053",
      "severity": "warning",
      "message": "this doc comment belongs to nothing",
      "file": "geo.mfidl",
      "line": 2,
      "column": 8,
      "end_line": 2,
      "end_column": 12,
      "notes": []
    },
    {
      "code": "MF0001",
      "severity": "error",
      "message": "cannot read ')"
                                                                     "\uFFFD"
                                                                     R"(.mfidl': gone",
      "notes": []
    }
  ]
}
)");
}

TEST(Sources, AFileIsReadOnceUnderAllItsPaths) {
  const fs::path folder = fs::path(testing::TempDir()) / "mfidl_sources";
  fs::create_directories(folder / "sub");
  std::ofstream(folder / "a.mfidl") << "package a;";
  SourceManager sources;
  const LoadResult first = sources.load((folder / "a.mfidl").string());
  ASSERT_NE(first.file, nullptr) << first.reason;
  EXPECT_EQ(sources.load((folder / "sub" / ".." / "a.mfidl").string()).file, first.file);
  EXPECT_EQ(sources.files().size(), 1U);
  EXPECT_EQ(sources.file_of({first.file->base(), first.file->base()}), first.file);

  EXPECT_EQ(sources.load((folder / "none.mfidl").string()).reason, "No such file or directory");
  EXPECT_EQ(sources.load(folder.string()).reason, "Is a directory");
  fs::remove_all(folder);
}

TEST(Sources, TooLargeAFileIsRefused) {
  const std::string path = testing::TempDir() + "mfidl_large.mfidl";
  std::ofstream(path).put('x');
  fs::resize_file(path, kMaxFileBytes + 1);
  SourceManager sources;
  EXPECT_EQ(sources.load(path).reason, "it is larger than 64 MiB");
  fs::remove(path);
}

TEST(Sources, TheEndOfAFileHasItsOwnPlace) {
  SourceManager sources;
  const SourceFile& empty = sources.add("empty.mfidl", "");
  const SourceFile& next = sources.add("next.mfidl", "x\n");
  EXPECT_EQ(sources.file_of({empty.base(), empty.base()}), &empty);
  EXPECT_EQ(sources.file_of({next.base() + 2, next.base() + 2}), &next);
  EXPECT_EQ(next.line_of(next.base() + 2), 2U);
  EXPECT_EQ(next.column_of(next.base() + 2), 1U);
  EXPECT_EQ(sources.file_of({}), nullptr);
}

}  // namespace
}  // namespace mfidl::test
