// Whatever the bytes are, the parser ends, in time linear in their number, without a crash. Each
// test would hang (ctest's TIMEOUT ends it) or overflow the stack if that were wrong.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "front_end.h"
#include "mfidl/parse.h"

namespace mfidl::test {
namespace {

constexpr std::size_t kMegabyte = 1'000'000;

ast::File parse(const std::string& text, FrontEnd& front_end) {
  return parse_file(front_end.sources.add("x.mfidl", text), front_end.diagnostics);
}

std::string repeat(const std::string& piece, std::size_t bytes) {
  std::string text;
  text.reserve(bytes + piece.size());
  while (text.size() < bytes) text += piece;
  return text;
}

// Bad text: it must be refused, and saying so must work too.
void expect_refused(const std::string& text) {
  FrontEnd front_end;
  parse(text, front_end);
  EXPECT_TRUE(front_end.diagnostics.has_errors());
  EXPECT_FALSE(front_end.text().empty());
}

std::string sample() { return read_file(source_path("samples/vision/vision.mfidl")); }

TEST(Robustness, EveryPrefixOfTheSample) {
  const std::string text = sample();
  ASSERT_FALSE(text.empty());
  for (std::size_t length = 0; length < text.size(); ++length) {
    FrontEnd front_end;
    parse(text.substr(0, length), front_end);
    front_end.text();
  }
}

TEST(Robustness, EveryByteOfTheSampleReplaced) {
  const std::string text = sample();
  constexpr char kBytes[] = "\0\xFF\xC3\"\\{}()[]<>@/*.,;:?|=-+0_\n\r\t '";
  const std::string bytes(kBytes, sizeof kBytes - 1);
  std::size_t next = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int each = 0; each < 2; ++each) {
      std::string changed = text;
      changed[at] = bytes[next++ % bytes.size()];
      FrontEnd front_end;
      parse(changed, front_end);
      front_end.text();
    }
  }
}

TEST(Robustness, TenMegabytesOfValidText) {
  std::string text = "package a;\nerror E;\n";
  std::size_t pairs = 0;
  for (; text.size() < 10 * kMegabyte; ++pairs) {
    const std::string n = std::to_string(pairs);
    text += "/// Number " + n + ".\nstruct S" + n +
            " {\n  @min(0.0) @max(1.0) a: f64 = 0.5;\n  b?: map<string, list<S" + n +
            ">>;\n  @wire(\"c-" + n + "\") c: list<tuple<i32, string?>> = [];\n}\n";
    text += "interface I" + n + " {\n  @timeout(5s) m(a: S" + n +
            ", b: string | i53 | null, c?: i32) -> stream S" + n + " throws E;\n}\n";
  }
  FrontEnd front_end;
  front_end.sources.add("x.mfidl", text);
  front_end.run("x.mfidl");
  EXPECT_EQ(front_end.text(), "");
  ASSERT_TRUE(front_end.model.has_value());
  EXPECT_EQ(front_end.model->structs.size(), pairs);
  EXPECT_EQ(front_end.model->interfaces.size(), pairs);
}

TEST(Robustness, MegabytesOnOneLine) {
  std::string text = "package a;";
  while (text.size() < 2 * kMegabyte) text += "struct S { a: i32; b: list<string>; } ";
  FrontEnd front_end;
  parse(text, front_end);
  EXPECT_EQ(front_end.text(), "");
  parse(text + "error", front_end);
  EXPECT_EQ(front_end.diagnostics.error_count(), 1U);
  EXPECT_LT(front_end.text().size(), 1000U);
}

TEST(Robustness, NothingButOneThing) {
  for (const std::string piece : {"{",
                                  "}",
                                  "(",
                                  ")",
                                  "[",
                                  "]",
                                  "<",
                                  ">",
                                  "@",
                                  "?",
                                  "|",
                                  ".",
                                  ",",
                                  ":",
                                  ";",
                                  "=",
                                  "-",
                                  "->",
                                  "/",
                                  "/*",
                                  "//",
                                  "///\n",
                                  "\"",
                                  "\"\\",
                                  "\\",
                                  "a",
                                  "a ",
                                  "_",
                                  "__ ",
                                  "0",
                                  "0x",
                                  "1.",
                                  "1.0e",
                                  "5s",
                                  "\n",
                                  "\r",
                                  "\r\n",
                                  "\xFF",
                                  "\xC3",
                                  "\xEF\xBB\xBF",
                                  "'",
                                  "a.",
                                  "@a ",
                                  "@a(",
                                  "stream ",
                                  "list<",
                                  "struct ",
                                  "struct S {",
                                  "open ",
                                  "enum E { a, ",
                                  "reserved \"x\" ",
                                  "import \"x\";",
                                  "a: [",
                                  "a: {b: ",
                                  "m(",
                                  "m(a: "}) {
    SCOPED_TRACE(piece);
    for (const std::string start :
         {"", "package a;", "package a; struct S { a: ", "package a; interface I { m(",
          "package a; @x.y.z(", "package a; const C: any = "}) {
      FrontEnd front_end;
      parse(start + repeat(piece, kMegabyte / 20), front_end);
      front_end.text();
    }
  }
}

// Nesting ends at a limit, not at the end of the stack.
TEST(Robustness, DeepNesting) {
  for (const std::string open : {"list<", "map<string, ", "tuple<i32, "}) {
    expect_refused("package a;\nstruct S { a: " + repeat(open, kMegabyte / 5) + ";\n}\n");
  }
  for (const std::string open : {"[", "{a: ", "[{a: ["}) {
    expect_refused("package a;\nconst C: any = " + repeat(open, kMegabyte / 5) + ";\n");
    expect_refused("package a;\n@x.y.z(" + repeat(open, kMegabyte / 5) + ") struct S {}\n");
  }
}

TEST(Robustness, NestingUpToTheLimit) {
  std::string type = "i32";
  for (int level = 1; level < kMaxNesting; ++level) type = "list<" + type + ">";
  FrontEnd front_end;
  parse("package a;\ntype T = " + type + ";\n", front_end);
  EXPECT_EQ(front_end.text(), "");
  expect_refused("package a;\ntype T = list<" + type + ">;\n");
}

TEST(Robustness, ManyErrorsEndTheRunEarly) {
  FrontEnd front_end;
  const ast::File file = parse("package a;\n" + repeat("const A: i32 = ;\n", kMegabyte), front_end);
  EXPECT_EQ(front_end.diagnostics.error_count(), kMaxErrors);
  EXPECT_LT(file.declarations.size(), 2 * kMaxErrors);
}

}  // namespace
}  // namespace mfidl::test
