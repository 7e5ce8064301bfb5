// Value: what it can hold, how it is healed on its way out, and how peers' oddities arrive
// (spec 11.2).
#include "multifrost/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "multifrost/codec.h"
#include "multifrost/error.h"
#include "wire_support.h"

namespace multifrost {
namespace {

Value through(const Value& value, Format format) {
  return decode_value(encode(value, format).value(), format).value();
}

TEST(Value, RoundTripsInBothFormats) {
  const Value values[] = {
      nullptr,
      true,
      false,
      0,
      -1,
      INT64_MAX,
      INT64_MIN,
      3.0,
      -0.0,
      1e300,
      "",
      "pé \U0001F600",
      Bytes("bytes"),
      Bytes(),
      Value::Array{},
      Value::Map{},
      Value::Extension{5, Bytes("abc")},
      Value::Extension{-1, Bytes(std::string(12, '\0'))},
      Value::Array{1, "two", Value::Array{3.5, nullptr}},
      // Keys keep their order, and what JSON uses for its own is escaped.
      Value::Map{{"z", 1}, {"a", Value::Map{{"$bytes", "no bytes"}}}, {"$$x", 2}, {"", 3}},
  };
  for (const Value& value : values) {
    EXPECT_EQ(through(value, Format::msgpack), value) << to_string(value);
    EXPECT_EQ(through(value, Format::json), value) << to_string(value);
  }
}

TEST(Value, ComesFromOrdinaryTypes) {
  EXPECT_EQ(to_string(Value(std::vector<int>{1, 2})), "[1, 2]");
  EXPECT_EQ(to_string(Value(std::map<std::string, double>{{"a", 2.0}})), R"({"a": 2.0})");
  EXPECT_EQ(Value(std::optional<int>()), Value());
  EXPECT_EQ(Value(std::optional<std::string>("x")), Value("x"));
  EXPECT_EQ(Value(std::string("x")).kind(), Kind::string);
  EXPECT_EQ(Value(1.5f).as_double(), 1.5);
  EXPECT_EQ(Value(std::uint8_t{200}).as_int(), 200);
  EXPECT_EQ(Value(std::uint64_t{5}), Value(5));
  EXPECT_EQ(Value(UINT64_MAX).as_uint(), UINT64_MAX);
  EXPECT_EQ(Value(-1).as_int(), -1);
}

TEST(Value, ReadsLikeJson) {
  const Value value = Value::Map{{"name", "a\"b"},
                                 {"data", Bytes("abc")},
                                 {"n", std::nan("")},
                                 {"x", Value::Extension{3, Bytes("y")}}};
  EXPECT_EQ(to_string(value),
            R"({"name": "a\"b", "data": bytes(3), "n": NaN, "x": extension(3, bytes(1))})");
}

TEST(Value, IsHealedOnItsWayOut) {
  EXPECT_EQ(through(std::nan(""), Format::msgpack), Value());
  EXPECT_EQ(through(std::numeric_limits<double>::infinity(), Format::msgpack), Value());
  EXPECT_EQ(through(UINT64_MAX, Format::msgpack), Value(INT64_MAX));
  EXPECT_EQ(through(Value::Array{Value::Map{{"k", std::nan("")}}}, Format::json),
            Value(Value::Array{Value::Map{{"k", nullptr}}}));
  const auto bad = encode(Value::Map{{"a", Value::Array{"ok", "\xff"}}});
  EXPECT_EQ(bad.failure().message(),
            R"(value["a"][1]: expected UTF-8 text, got "\xff", which is not UTF-8 from byte 0 on )"
            "(declare bytes)");
  EXPECT_EQ(bad.failure().code(), ErrorCode::invalid_argument);
  EXPECT_FALSE(encode(Value(Value::Map{{"\xff", 1}})).ok());
}

TEST(Value, TakesPeersOddities) {
  const auto read = [](const char* hex) { return decode_value(Bytes(from_hex(hex))).value(); };
  EXPECT_EQ(read("92d40000c0"), Value(Value::Array{nullptr, nullptr}));  // JavaScript's undefined
  EXPECT_EQ(read("cfffffffffffffffff"), Value(UINT64_MAX));
  EXPECT_TRUE(std::isnan(read("cb7ff8000000000000").as_double()));
  EXPECT_EQ(read("ca3fc00000"), Value(1.5));
  EXPECT_EQ(read("8201c3a16102"), Value(Value::Map{{"1", true}, {"a", 2}}));
  EXPECT_EQ(read("de0001a16102"), Value(Value::Map{{"a", 2}}));  // always map16 from JavaScript
  EXPECT_EQ(read("a1ff"), Value("\xff"));
}

TEST(Value, GivesCheckedAccess) {
  const Value value = Value::Map{{"list", Value::Array{1, 2.0, "x"}}, {"flag", true}};
  EXPECT_EQ(value["list"][0].as_int(), 1);
  EXPECT_EQ(value["list"][1].as_int(), 2);
  EXPECT_EQ(value["list"][1].as_uint(), 2u);
  EXPECT_EQ(value["list"][2].as_string(), "x");
  EXPECT_TRUE(value["flag"].as_bool());
  EXPECT_EQ(value.size(), 2u);
  EXPECT_EQ(value.find("none"), nullptr);
  EXPECT_EQ(Value(5).find("none"), nullptr);
  const auto message = [](auto access) {
    try {
      access();
    } catch (const DecodeError& error) {
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_EQ(message([&] { value["nope"].as_int(); }), "no key \"nope\" in a map of 2");
  EXPECT_EQ(message([&] { value["list"][3].as_int(); }), "item 3 of a list of 3");
  EXPECT_EQ(message([&] { value["list"].as_int(); }), "expected integer of 64 bits, got list of 3");
  EXPECT_EQ(message([&] { value["flag"].as_bytes(); }), "expected bytes, got true");
  EXPECT_EQ(message([&] { Value(-1).as_uint(); }), "expected unsigned integer, got -1");
  EXPECT_EQ(message([&] { Value(1.5).as_int(); }), "expected integer of 64 bits, got 1.5");
  EXPECT_EQ(message([&] { Value("x").as_double(); }), "expected number, got string \"x\"");
  EXPECT_EQ(message([&] { Value()["x"].as_double(); }), "expected map, got null");
}

TEST(Value, SaysInJsonWhatJsonHasNoWordFor) {
  const auto json = [](const Value& value) {
    return std::string(encode(value, Format::json).value().as_text());
  };
  EXPECT_EQ(json(Bytes("abcd")), R"({"$bytes":"YWJjZA=="})");
  EXPECT_EQ(json(Value::Extension{-1, Bytes("abc")}), R"({"$extension":[-1,"YWJj"]})");
  EXPECT_EQ(json(3.0), "3.0");
  EXPECT_EQ(json(Value::Map{{"$bytes", 1}}), R"({"$$bytes":1})");
  Encoder to({}, Format::json);
  to.begin_array(3);
  to.floating(std::nan(""));
  to.floating(-std::numeric_limits<double>::infinity());
  to.unsigned_integer(UINT64_MAX);
  ASSERT_TRUE(to.finish());
  EXPECT_EQ(to.buffer().view().as_text(),
            R"([{"$float":"NaN"},{"$float":"-Infinity"},18446744073709551615])");
  const Bytes text = share(to.take_buffer());
  const Value back = decode_value(text, Format::json).value();
  EXPECT_TRUE(std::isnan(back[0].as_double()));
  EXPECT_EQ(back[1], Value(-std::numeric_limits<double>::infinity()));
  EXPECT_EQ(back[2], Value(UINT64_MAX));
}

TEST(Value, JsonRefusesTextThatIsNotUtf8) {
  Encoder to({}, Format::json);
  to.begin_array(1);
  to.string("\xff");
  EXPECT_FALSE(to.finish());
  EXPECT_THAT(to.reason(), testing::HasSubstr("[0]: JSON has no text that is not UTF-8"));
}

}  // namespace
}  // namespace multifrost
