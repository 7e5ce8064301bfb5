// What literals and names are worth, and which spellings the lexer takes.
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "front_end.h"
#include "mfidl/parse.h"

namespace mfidl::test {
namespace {

constexpr uint64_t kMaxUnsigned = std::numeric_limits<uint64_t>::max();

class Literals : public testing::Test {
 protected:
  // Parses `text` as the value of a constant; the test fails if anything is wrong with it.
  const ast::Literal& parse(const std::string& text) {
    const SourceFile& source =
        front_end_.sources.add("x.mfidl", "package a;\nconst X: any = " + text + ";\n");
    file_ = parse_file(source, front_end_.diagnostics);
    EXPECT_EQ(front_end_.text(), "");
    return std::get<ast::ConstDecl>(file_.declarations.at(0)).value;
  }

  void expect_int(const std::string& text, bool negative, uint64_t magnitude) {
    const auto* value = parse(text).as<ast::IntLiteral>();
    ASSERT_NE(value, nullptr) << text;
    EXPECT_EQ(value->negative, negative) << text;
    EXPECT_EQ(value->magnitude, magnitude) << text;
  }
  void expect_float(const std::string& text, double expected) {
    const auto* value = parse(text).as<ast::FloatLiteral>();
    ASSERT_NE(value, nullptr) << text;
    EXPECT_EQ(value->value, expected) << text;
  }
  void expect_duration(const std::string& text, int64_t nanoseconds) {
    const auto* value = parse(text).as<ast::DurationLiteral>();
    ASSERT_NE(value, nullptr) << text;
    EXPECT_EQ(value->nanoseconds, nanoseconds) << text;
  }
  void expect_string(const std::string& text, const std::string& expected) {
    const auto* value = parse(text).as<ast::StringLiteral>();
    ASSERT_NE(value, nullptr) << text;
    EXPECT_EQ(value->value, expected) << text;
  }

  FrontEnd front_end_;
  ast::File file_;
};

TEST_F(Literals, Integers) {
  expect_int("0", false, 0);
  expect_int("-0", false, 0);
  expect_int("64", false, 64);
  expect_int("-64", true, 64);
  expect_int("1_000_000", false, 1'000'000);
  expect_int("0xFf", false, 255);
  expect_int("-0x10", true, 16);
  expect_int("0xdead_beef", false, 0xdeadbeef);
  expect_int("18446744073709551615", false, kMaxUnsigned);
  expect_int("0xffffffffffffffff", false, kMaxUnsigned);
  expect_int("-9223372036854775808", true, uint64_t{1} << 63);
}

TEST_F(Literals, Floats) {
  expect_float("0.0", 0.0);
  expect_float("-1.5", -1.5);
  expect_float("30.0", 30.0);
  expect_float("1_000.000_1", 1000.0001);
  expect_float("1.0e3", 1000.0);
  expect_float("1.0E+3", 1000.0);
  expect_float("1.5e-3", 0.0015);
  expect_float("1.7976931348623157e308", std::numeric_limits<double>::max());
  expect_float("4.9406564584124654e-324", std::numeric_limits<double>::denorm_min());
  // The usual trap of a parser that multiplies digits.
  expect_float("0.1", 0.1);
  expect_float("9007199254740993.0", 9007199254740992.0);
}

TEST_F(Literals, DurationsAreExact) {
  expect_duration("0s", 0);
  expect_duration("1ns", 1);
  expect_duration("2us", 2'000);
  expect_duration("1.5ms", 1'500'000);
  expect_duration("5s", 5'000'000'000);
  expect_duration("-5s", -5'000'000'000);
  expect_duration("90m", 5'400'000'000'000);
  expect_duration("2h", 7'200'000'000'000);
  expect_duration("1d", 86'400'000'000'000);
  expect_duration("0.1s", 100'000'000);
  expect_duration("0.000000001s", 1);
  expect_duration("0.100000000000000000000s", 100'000'000);
  expect_duration("0.1m", 6'000'000'000);
  expect_duration("0.00000000000125d", 108);
  expect_duration("1_000ms", 1'000'000'000);
  expect_duration("9223372036.854775807s", std::numeric_limits<int64_t>::max());
  expect_duration("106751d", 106751 * int64_t{86'400'000'000'000});
}

TEST_F(Literals, Strings) {
  expect_string(R"("")", "");
  expect_string(R"("image/tiff")", "image/tiff");
  expect_string(R"("a\"b\\c\n\r\t")", "a\"b\\c\n\r\t");
  expect_string(R"("\u{41}\u{e9}\u{20AC}\u{1F600}")", "A\u00e9\u20ac\U0001F600");
  expect_string(R"("\u{0}")", std::string(1, '\0'));
  expect_string(R"("\u{10FFFF}")", "\U0010FFFF");
  expect_string("\"Grüße, 世界 😀\"", "Grüße, 世界 😀");
  expect_string(R"("// no comment /* none */")", "// no comment /* none */");
}

TEST_F(Literals, PathsListsAndMaps) {
  EXPECT_EQ(parse("true").as<ast::PathLiteral>()->path.str(), "true");
  EXPECT_EQ(parse("geo.MAX.value").as<ast::PathLiteral>()->path.str(), "geo.MAX.value");

  EXPECT_TRUE(parse("[]").as<ast::ListLiteral>()->items.empty());
  EXPECT_EQ(parse("[1, [2], \"x\",]").as<ast::ListLiteral>()->items.size(), 3U);

  EXPECT_TRUE(parse("{}").as<ast::MapLiteral>()->entries.empty());
  const auto* map = parse("{a: 1, \"b c\": {d: []},}").as<ast::MapLiteral>();
  ASSERT_EQ(map->entries.size(), 2U);
  EXPECT_EQ(map->entries[0].key, "a");
  EXPECT_EQ(map->entries[1].key, "b c");
  EXPECT_EQ(map->entries[1].value.as<ast::MapLiteral>()->entries[0].key, "d");
}

TEST_F(Literals, SpansCoverTheText) {
  const auto text_of = [this](const ast::Literal& literal) {
    return std::string(file_.source->text(literal.span));
  };
  for (const std::string text : {"-12", "1.5e3", "\"a\\n\"", "5ms", "a.b.c", "[1, 2]", "{a: 1}"}) {
    EXPECT_EQ(text_of(parse(text)), text);
  }
}

}  // namespace
}  // namespace mfidl::test
