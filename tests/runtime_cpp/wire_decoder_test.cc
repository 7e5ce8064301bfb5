// What the decoder reads: everything that msgpack-cxx writes, peers' oddities, and what it must
// refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <msgpack.hpp>

#include "multifrost/decoder.h"
#include "wire_support.h"

namespace multifrost {
namespace {

using testing::HasSubstr;

TEST(Decoder, ReadsIntegersOfEveryWidthAndSign) {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{127}, std::int64_t{128}, std::int64_t{-1}, std::int64_t{-32},
        std::int64_t{-33}, std::int64_t{-129}, std::int64_t{65536}, std::int64_t{-40000}, INT64_MAX,
        INT64_MIN}) {
    const std::string message = packed(value);
    Decoder from{BytesView(message)};
    EXPECT_EQ(from.peek(), Kind::integer);
    std::int64_t read = 1;
    EXPECT_TRUE(from.integer(read)) << from.reason();
    EXPECT_EQ(read, value);
    EXPECT_TRUE(from.finish());
  }
  std::uint64_t wide = 0;
  const std::string message = packed(UINT64_MAX);
  Decoder from{BytesView(message)};
  EXPECT_TRUE(from.unsigned_integer(wide));
  EXPECT_EQ(wide, UINT64_MAX);
}

TEST(Decoder, ReadsIntegersThatStandInLongerForms) {
  // Go sends typed integers at full width (wire page "Numbers").
  for (const char* hex :
       {"05", "cc05", "cd0005", "ce00000005", "cf0000000000000005", "d005", "d10005", "d200000005",
        "d30000000000000005", "cb4014000000000000", "ca40a00000"}) {
    const std::string message = from_hex(hex);
    Decoder from{BytesView(message)};
    std::int64_t read = 0;
    EXPECT_TRUE(from.integer(read)) << hex << from.reason();
    EXPECT_EQ(read, 5) << hex;
    Decoder again{BytesView(message)};
    std::uint64_t unsigned_read = 0;
    EXPECT_TRUE(again.unsigned_integer(unsigned_read)) << hex;
    EXPECT_EQ(unsigned_read, 5u);
    Decoder third{BytesView(message)};
    double number = 0;
    EXPECT_TRUE(third.floating(number)) << hex;
    EXPECT_EQ(number, 5.0);
  }
}

TEST(Decoder, RefusesIntegersOutOfRange) {
  const IntegerType i8 = {"i8", -128, 127};
  std::int64_t read = 0;
  const std::string message = packed(128);
  Decoder from{BytesView(message)};
  EXPECT_FALSE(from.integer(i8, read));
  EXPECT_EQ(from.reason(), "128 is out of range for i8 (-128 to 127)");

  EXPECT_EQ(refusal(packed(UINT64_MAX),
                    [](Decoder& d) {
                      std::int64_t i;
                      return d.integer(i);
                    }),
            "18446744073709551615 is out of range for integer (-9223372036854775808 to "
            "9223372036854775807)");
  EXPECT_EQ(refusal(packed(-1),
                    [](Decoder& d) {
                      std::uint64_t i;
                      return d.unsigned_integer(i);
                    }),
            "-1 is out of range for u64 (0 to 18446744073709551615)");
  EXPECT_EQ(refusal(from_hex("cb43e158e460913d00"),
                    [](Decoder& d) {
                      std::int64_t i;
                      return d.integer(i);
                    }),
            "1e+19 is out of range for integer (-9223372036854775808 to 9223372036854775807)");
  EXPECT_EQ(refusal(packed(1.5),
                    [](Decoder& d) {
                      std::int64_t i;
                      return d.integer(i);
                    }),
            "expected integer, got 1.5");
  EXPECT_EQ(refusal(packed(std::nan("")),
                    [](Decoder& d) {
                      std::int64_t i;
                      return d.integer(i);
                    }),
            "expected integer, got NaN");
}

TEST(Decoder, NilInAFloatNamesTheWiresOwnHabit) {
  const auto floating = [](Decoder& d) {
    double f;
    return d.floating(f);
  };
  EXPECT_EQ(refusal("\xc0", floating),
            "expected f64, got null (this wire turns NaN into null; declare f64? or @nan_as_null)");
  EXPECT_EQ(refusal(from_hex("d40000"), floating),
            "expected f64, got null (this wire turns NaN into null; declare f64? or @nan_as_null)");
}

TEST(Decoder, SaysWhatItGotInsteadOfWhatItExpected) {
  const auto string = [](Decoder& d) {
    std::string s;
    return d.string(s);
  };
  EXPECT_EQ(refusal(packed(true), string), "expected string, got true");
  EXPECT_EQ(refusal(packed(msgpack::type::nil_t()), string), "expected string, got null");
  EXPECT_EQ(refusal(packed(-7), string), "expected string, got -7");
  EXPECT_EQ(refusal(from_hex("cb4008000000000000"), string), "expected string, got 3.0");
  EXPECT_EQ(refusal(packed(std::vector<int>{1, 2}), string), "expected string, got list of 2");
  EXPECT_EQ(refusal(packed(std::map<std::string, int>{{"a", 1}}), string),
            "expected string, got map of 1");
  EXPECT_EQ(refusal(packed(std::vector<char>(3)), string), "expected string, got bytes(3)");
  EXPECT_EQ(refusal(from_hex("d40501"), string), "expected string, got extension type 5");
  EXPECT_EQ(refusal("", string), "expected string, got nothing");
  const auto boolean = [](Decoder& d) {
    bool b;
    return d.boolean(b);
  };
  EXPECT_EQ(refusal(packed("a\nb\x01"), boolean), R"(expected bool, got string "a\nb\u0001")");
  EXPECT_EQ(refusal(packed(std::string(100, 'x')), boolean),
            "expected bool, got string \"" + std::string(60, 'x') + "\"…");
}

TEST(Decoder, BytesAndStringsNeverTurnIntoEachOther) {
  Bytes bytes;
  EXPECT_EQ(refusal(packed("abc"), [&](Decoder& d) { return d.bytes(bytes); }),
            R"(expected bytes, got string "abc")");
}

TEST(Decoder, LargeBytesShareTheMessageAndSmallOnesDoNot) {
  Encoder to;
  to.begin_array(2);
  to.bytes(BytesView(std::string(100, 's')));
  to.bytes(BytesView(std::string(5000, 'l')));
  const Bytes message = share(to.take_buffer());
  const auto inside = [&](const Bytes& part) {
    return part.data() >= message.begin() && part.data() < message.end();
  };
  Decoder from(message);
  std::size_t count = 0;
  Bytes small, large;
  ASSERT_TRUE(from.begin_array(count) && from.bytes(small) && from.bytes(large));
  EXPECT_FALSE(inside(small));
  EXPECT_EQ(small, Bytes(std::string(100, 's')));
  EXPECT_TRUE(inside(large));
  EXPECT_EQ(large, Bytes(std::string(5000, 'l')));
  // A decoder that knows no owner copies.
  Decoder unowned(message.view());
  ASSERT_TRUE(unowned.begin_array(count) && unowned.bytes(small) && unowned.bytes(large));
  EXPECT_FALSE(inside(large));
}

TEST(Decoder, GivesScalarKeysAsText) {
  // 1: 0, "a": 0, true: 0, nil: 0, 2.5: 0, bin("b"): 0, -3: 0
  const std::string message = from_hex(
      "87"
      "0100"
      "a16100"
      "c300"
      "c000"
      "cb400400000000000000"
      "c4016200"
      "fd00");
  Decoder from{BytesView(message)};
  std::size_t count = 0;
  ASSERT_TRUE(from.begin_map(count));
  ASSERT_EQ(count, 7u);
  std::vector<std::string> keys;
  for (; count != 0; --count) {
    std::string_view key;
    ASSERT_TRUE(from.key(key));
    keys.emplace_back(key);
    ASSERT_TRUE(from.skip());
  }
  EXPECT_THAT(keys, testing::ElementsAre("1", "a", "true", "null", "2.5", "b", "-3"));
  EXPECT_THAT(refusal(from_hex("819000"),
                      [](Decoder& d) {
                        std::size_t n;
                        std::string_view k;
                        return d.begin_map(n) && d.key(k);
                      }),
              HasSubstr("expected map key (text or a number), got list of 0"));
}

TEST(Decoder, RawAndSkipPassOverExactlyOneValue) {
  const std::string message = from_hex("82a1619203c0a162c40201020d");
  Decoder from{BytesView(message)};
  BytesView raw;
  ASSERT_TRUE(from.raw(raw));
  EXPECT_EQ(raw.size(), message.size() - 1);
  std::int64_t last = 0;
  EXPECT_TRUE(from.integer(last));
  EXPECT_EQ(last, 13);
  EXPECT_TRUE(from.finish());
}

TEST(Decoder, NothingMayFollowTheValue) {
  EXPECT_EQ(refusal("\x01\x02\x03", [](Decoder& d) { return d.skip() && d.finish(); }),
            "nothing may follow the value, but 2 bytes do");
}

TEST(Decoder, UndefinedOfJavaScriptIsNil) {
  const std::string message = from_hex("93d40000d40000d40100");
  Decoder from{BytesView(message)};
  std::size_t count = 0;
  ASSERT_TRUE(from.begin_array(count));
  EXPECT_EQ(from.peek(), Kind::nil);
  EXPECT_TRUE(from.take_null());
  EXPECT_TRUE(from.null());
  EXPECT_EQ(from.peek(), Kind::extension);
  EXPECT_FALSE(from.take_null());
}

TEST(Decoder, ComesBackToAMark) {
  const std::string message = from_hex("91820102930304058106c0");
  Decoder from{BytesView(message), Format::msgpack, {.depth = 2, .items = 5}};
  const Decoder::Mark mark = from.mark();
  for (int round = 0; round < 3; ++round) {
    std::size_t count = 0;
    ASSERT_TRUE(from.begin_array(count));
    ASSERT_TRUE(from.begin_map(count)) << from.reason();
    from.rewind(mark);
  }
}

}  // namespace
}  // namespace multifrost
