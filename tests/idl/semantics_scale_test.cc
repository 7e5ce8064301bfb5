// Inputs that break a front end which recurses, copies or compares too much: long rows of anything
// that refers to the next, and very many of everything. They end, and with the right answer; a hang
// is the test's time limit.
#include <gtest/gtest.h>

#include <string>

#include "front_end.h"

namespace mfidl::test {
namespace {

constexpr int kMany = 10'000;

std::string numbered(const std::string& pattern, int i) {
  std::string text = pattern;
  const auto put = [&text](const std::string& mark, int number) {
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
      text.replace(at, mark.size(), std::to_string(number));
    }
  };
  put("$+", i + 1);
  put("$", i);
  return text;
}

std::string row(const std::string& pattern, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += numbered(pattern, i) + "\n";
  return text;
}

int first_error(const std::string& text) {
  FrontEnd front_end;
  front_end.sources.add("scale.mfidl", "package scale;\n" + text);
  front_end.run("scale.mfidl");
  return front_end.first_error();
}

TEST(Scale, RowsOfStructsAreFine) {
  EXPECT_EQ(first_error(row("struct S$ { next: S$+; }", kMany) +
                        numbered("struct S$ { end: i32; }", kMany) + "interface I { f(s: S0); }"),
            0);
}

TEST(Scale, ACircleOfStructsHasAWayOutOrNot) {
  const std::string open = row("struct S$ { next: S$+; }", kMany);
  EXPECT_EQ(first_error(open + numbered("struct S$ { next: S0?; }", kMany)), 0);
  EXPECT_EQ(first_error(open + numbered("struct S$ { next: S0; }", kMany)), 205);
}

TEST(Scale, RowsOfAliasesAndConstantsEnd) {
  const std::string aliases = row("type A$ = A$+;", kMany) + numbered("type A$ = i32;", kMany);
  EXPECT_EQ(first_error(aliases), 206);
  EXPECT_EQ(first_error(row("type A$ = A$+;", 60) + numbered("type A$ = i32;", 60)), 0);
  EXPECT_EQ(
      first_error(numbered("const C$: i32 = 1;\n", kMany) + row("const C$: i32 = C$+;", kMany)),
      236);
  EXPECT_EQ(first_error(row("const C$: i32 = C$+;", 60) + numbered("const C$: i32 = 1;", 60)), 0);
}

// The answer must not depend on which end of a row is looked at first.
TEST(Scale, TheOrderOfARowDoesNotMatter) {
  std::string backwards = "type A70 = i32;\n";
  for (int i = 69; i >= 0; --i) backwards += numbered("type A$ = A$+;\n", i);
  EXPECT_EQ(first_error(backwards), 206);
}

TEST(Scale, AliasesThatDoubleAreRefused) {
  EXPECT_EQ(first_error(row("type A$ = tuple<A$+, A$+>;", 40) + numbered("type A$ = i32;", 40)),
            206);
}

TEST(Scale, RowsOfInterfacesEnd) {
  EXPECT_EQ(first_error(row("interface I$ extends I$+ {}", kMany) +
                        numbered("interface I$ { f(); }", kMany)),
            150);
  EXPECT_EQ(
      first_error(row("interface I$ extends I$+ {}", 60) + numbered("interface I$ { f(); }", 60)),
      0);
}

TEST(Scale, ManyNamesInOneScopeAreFine) {
  EXPECT_EQ(
      first_error("struct S {\n" + row("m$: i32;", kMany) + "}\nenum E {\n" + row("v$,", kMany) +
                  "}\ninterface I {\n" + row("f$(e: E) -> S;", kMany) + "}\n"),
      0);
}

TEST(Scale, ManyUnknownNamesAreReportedOnce) {
  FrontEnd front_end;
  front_end.sources.add("scale.mfidl", "package scale;\n" + row("struct S$ { a: T$; }", kMany));
  front_end.run("scale.mfidl");
  EXPECT_EQ(front_end.diagnostics.error_count(), static_cast<std::size_t>(kMany));
  EXPECT_EQ(front_end.diagnostics.all().size(), kMaxErrors);
}

}  // namespace
}  // namespace mfidl::test
