// Every codec with its extremes: values come back as they were, and what does not fit is refused
// with a reason and a path.
#include "multifrost/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <limits>

#include "multifrost/value.h"
#include "wire_support.h"

namespace multifrost {
namespace {

using namespace codec;
using std::chrono::microseconds;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// The value after a round trip, in both formats, which must agree.
template <class C>
typename C::Type round_trip(const typename C::Type& value) {
  typename C::Type results[2];
  for (const Format format : {Format::msgpack, Format::json}) {
    Encoder to({}, format);
    EXPECT_TRUE(C::write(to, value) && to.finish()) << to.path() << ": " << to.reason();
    const Bytes message = share(to.take_buffer());
    Decoder from(message, format);
    EXPECT_TRUE(C::read(from, results[format == Format::json]) && from.finish())
        << from.path() << ": " << from.reason() << " in " << message.as_text();
  }
  EXPECT_TRUE(results[0] == results[1]);
  return results[0];
}

/// Why the value cannot be written; "" when it can.
template <class C>
std::string unwritable(const typename C::Type& value) {
  Encoder to;
  if (C::write(to, value)) return "";
  return to.path() + (to.path().empty() ? "" : ": ") + to.reason();
}

/// Why C does not read the message.
template <class C>
std::string unreadable(std::string_view message) {
  typename C::Type value{};
  return refusal(message, [&](Decoder& from) { return C::read(from, value) && from.finish(); });
}

template <class C>
typename C::Type reads(std::string_view message) {
  typename C::Type value{};
  Decoder from{BytesView(message)};
  EXPECT_TRUE(C::read(from, value) && from.finish()) << from.reason();
  return value;
}

template <class C>
void expect_range() {
  using T = typename C::Type;
  for (const T value : {std::numeric_limits<T>::min(), T{0}, T{1}, std::numeric_limits<T>::max()}) {
    EXPECT_EQ(round_trip<C>(value), value);
  }
  if constexpr (sizeof(T) < 8) {
    const std::int64_t above = std::int64_t{std::numeric_limits<T>::max()} + 1;
    const std::int64_t below = std::int64_t{std::numeric_limits<T>::min()} - 1;
    EXPECT_THAT(unreadable<C>(packed(above)), testing::HasSubstr("is out of range for"));
    EXPECT_THAT(unreadable<C>(packed(below)), testing::HasSubstr("is out of range for"));
  }
}

TEST(Codec, IntegersKeepTheirExtremes) {
  expect_range<I8>();
  expect_range<I16>();
  expect_range<I32>();
  expect_range<I64>();
  expect_range<U8>();
  expect_range<U16>();
  expect_range<U32>();
  expect_range<U64>();
}

TEST(Codec, I53IsCheckedBothWays) {
  EXPECT_EQ(round_trip<I53>(kGreatestI53), kGreatestI53);
  EXPECT_EQ(round_trip<I53>(-kGreatestI53), -kGreatestI53);
  const std::string range = " is out of range for i53 (-9007199254740991 to 9007199254740991)";
  EXPECT_EQ(unwritable<I53>(kGreatestI53 + 1), "9007199254740992" + range);
  EXPECT_EQ(unwritable<I53>(INT64_MIN), "-9223372036854775808" + range);
  EXPECT_EQ(unreadable<I53>(packed(kGreatestI53 + 1)), "9007199254740992" + range);
  // JavaScript sends integers from 2^32 on as floats.
  EXPECT_EQ(reads<I53>(from_hex("cb433fffffffffffff")), kGreatestI53);
}

TEST(Codec, FloatsAreFiniteOrRefused) {
  for (const double value : {0.0, -0.0, 3.0, -1.5, DBL_MAX, -DBL_MAX, DBL_MIN, DBL_TRUE_MIN}) {
    EXPECT_EQ(round_trip<F64>(value), value);
  }
  EXPECT_TRUE(std::signbit(round_trip<F64>(-0.0)));
  for (const float value : {0.0f, -0.1f, FLT_MAX, -FLT_MAX, FLT_TRUE_MIN}) {
    EXPECT_EQ(round_trip<F32>(value), value);
  }
  const std::string advice = ", which does not travel on this wire (declare f64? or @nan_as_null)";
  EXPECT_EQ(unwritable<F64>(kNan), "expected f64, got NaN" + advice);
  EXPECT_EQ(unwritable<F64>(-kInfinity), "expected f64, got -Infinity" + advice);
  EXPECT_EQ(unwritable<F32>(std::numeric_limits<float>::infinity()),
            "expected f32, got Infinity" + advice);
  EXPECT_EQ(unreadable<F64>(from_hex("cb7ff8000000000000")), "expected f64, got NaN" + advice);
  EXPECT_EQ(unreadable<F32>(from_hex("ca7f800000")), "expected f32, got Infinity" + advice);
  EXPECT_EQ(unreadable<F32>(packed(1e300)), "1e+300 is out of range for f32");
  EXPECT_EQ(unreadable<F32>("\xc0"),
            "expected f32, got null (this wire turns NaN into null; declare f64? or @nan_as_null)");
  EXPECT_EQ(reads<F64>("\x03"), 3.0);  // JavaScript sends 3.0 as 3
  EXPECT_EQ(reads<F64>(packed(UINT64_MAX)), 0x1p64);
}

TEST(Codec, NanTravelsAsNullWhereTheTypeSaysSo) {
  for (const double value : {kNan, kInfinity, -kInfinity}) {
    Encoder to;
    EXPECT_TRUE(NanAsNull<F64>::write(to, value));
    EXPECT_EQ(to.buffer().view().as_text(), "\xc0");
    Encoder optional;
    EXPECT_TRUE(Optional<F64>::write(optional, std::optional(value)));
    EXPECT_EQ(optional.buffer().view().as_text(), "\xc0");
  }
  EXPECT_TRUE(std::isnan(reads<NanAsNull<F64>>("\xc0")));
  EXPECT_TRUE(std::isnan(reads<NanAsNull<F32>>(from_hex("cb7ff0000000000000"))));
  EXPECT_TRUE(std::isnan(reads<NanAsNull<F64>>(from_hex("caffc00000"))));
  EXPECT_EQ(reads<NanAsNull<F64>>(packed(1.5)), 1.5);
  EXPECT_EQ(reads<Optional<F64>>(from_hex("cb7ff8000000000000")), std::nullopt);
  EXPECT_EQ(reads<Optional<F64>>(packed(-2.5)), -2.5);
}

TEST(Codec, TextIsUtf8BothWays) {
  for (const char* text : {"", "abc", "pé 漢字 \U0001F600", "\x01\x7f\"\\"}) {
    EXPECT_EQ(round_trip<String>(text), text);
  }
  EXPECT_EQ(round_trip<String>(std::string("a\0b", 3)), std::string("a\0b", 3));
  // Overlong forms, surrogates, cut sequences, values above U+10FFFF.
  for (const char* bad : {"\xff", "abcdefgh\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\x80"}) {
    EXPECT_THAT(unwritable<String>(bad), testing::HasSubstr("which is not UTF-8 from byte")) << bad;
    Encoder to;
    to.string(bad);
    EXPECT_THAT(unreadable<String>(to.buffer().view().as_text()),
                testing::HasSubstr("which is not UTF-8 from byte"));
  }
  EXPECT_EQ(
      unwritable<String>("ab\xff"),
      R"(expected UTF-8 text, got "ab\xff", which is not UTF-8 from byte 2 on (declare bytes))");
}

TEST(Codec, BytesOfEveryValue) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  for (const std::size_t size : {0u, 1u, 2u, 3u, 255u, 256u}) {
    const Bytes value(BytesView(std::string_view(all).substr(0, size)));
    EXPECT_EQ(round_trip<Binary>(value), value);
  }
}

TEST(Codec, ListsNameTheIndexOfWhatDoesNotFit) {
  using Numbers = List<List<F64>>;
  EXPECT_EQ(round_trip<Numbers>({{1, 2}, {}, {3.5}}), (Numbers::Type{{1, 2}, {}, {3.5}}));
  EXPECT_EQ(round_trip<List<Bool>>({true, false, true}), (std::vector<bool>{true, false, true}));
  EXPECT_THAT(unwritable<Numbers>({{1, 2}, {3, kNan}}),
              testing::StartsWith("[1][1]: expected f64"));
  EXPECT_THAT(unreadable<Numbers>(packed(std::vector<std::vector<std::string>>{{}, {"x"}})),
              testing::StartsWith("[1][0]: expected f64, got string \"x\""));
  EXPECT_EQ(unreadable<List<Bool>>(from_hex("92c301")), "[1]: expected bool, got 1");
  EXPECT_EQ(unreadable<List<I8>>(from_hex("81a16101")), "expected list, got map of 1");
}

TEST(Codec, MapKeysAreTextNumbersOrEnums) {
  using ByName = Map<StringKey, List<I53>>;
  EXPECT_EQ(round_trip<ByName>({{"", {}}, {"$a", {1}}, {"b", {-1}}}).size(), 3u);
  using ByNumber = Map<IntKey<I32>, Bool>;
  EXPECT_EQ(round_trip<ByNumber>({{INT32_MIN, true}, {0, false}, {INT32_MAX, true}}).size(), 3u);
  using ByHuge = Map<IntKey<U64>, Bool>;
  EXPECT_EQ(round_trip<ByHuge>({{UINT64_MAX, true}}).begin()->first, UINT64_MAX);
  // Integer keys are read; other spellings and doubles are not (idl rule 8).
  EXPECT_EQ(reads<ByNumber>(from_hex("8105c3")), (ByNumber::Type{{5, true}}));
  for (const char* hex : {"81a23031c3", "81a22b31c3", "81a22d30c3", "81a0c3", "81a131c08131c0",
                          "81ab3231343734383336343830c3", "81a12dc3", "81a23120c3"}) {
    EXPECT_NE(unreadable<ByNumber>(from_hex(hex)), "") << hex;
  }
  EXPECT_EQ(unreadable<ByNumber>(from_hex("8201c3a131c2")), "key \"1\" stands there twice");
  EXPECT_EQ(unreadable<ByNumber>(from_hex("81fec0")), R"(["-2"]: expected bool, got null)");
  EXPECT_EQ((unreadable<Map<IntKey<I53>, Map<IntKey<I8>, Bool>>>(from_hex("8101810205"))),
            R"(["1"]["2"]: expected bool, got 5)");
  EXPECT_EQ(unwritable<ByName>({{"k", {kGreatestI53 + 1}}}).substr(0, 12), R"(["k"][0]: 90)");
  EXPECT_THAT((unwritable<Map<IntKey<I53>, Bool>>({{kGreatestI53 + 1, true}})),
              testing::HasSubstr("out of range for i53"));
}

TEST(Codec, TuplesHaveTheirSize) {
  using Pair = Tuple<String, U64, Optional<Bool>>;
  const Pair::Type value = {"a", UINT64_MAX, std::nullopt};
  EXPECT_EQ(round_trip<Pair>(value), value);
  EXPECT_EQ(unreadable<Pair>(from_hex("92a16101")), "expected tuple of 3, got list of 2");
  EXPECT_EQ(unreadable<Pair>(from_hex("93a161a162c0")), "[1]: expected u64, got string \"b\"");
}

TEST(Codec, OptionalsAreNilWhenEmpty) {
  EXPECT_EQ(round_trip<Optional<String>>("x"), "x");
  EXPECT_EQ(round_trip<Optional<List<Bool>>>(std::nullopt), std::nullopt);
  EXPECT_EQ(reads<Optional<String>>(from_hex("d40000")), std::nullopt);
  Encoder to;
  EXPECT_TRUE(Optional<String>::write(to, std::optional<std::string_view>("view")));
  EXPECT_EQ(to.buffer().view().as_text(), "\xa4view");
}

TEST(Codec, UnionsAreToldApartByKind) {
  using Any3 = OneOf<String, I53, List<Bool>, Binary>;
  EXPECT_EQ(round_trip<Any3>("x"), Any3::Type("x"));
  EXPECT_EQ(round_trip<Any3>(std::int64_t{-1}), Any3::Type(std::int64_t{-1}));
  EXPECT_EQ(round_trip<Any3>(std::vector<bool>{true}).index(), 2u);
  EXPECT_EQ(round_trip<Any3>(Bytes("b")).index(), 3u);
  EXPECT_EQ(std::get<1>(reads<Any3>(from_hex("cb4008000000000000"))), 3);
  EXPECT_EQ(unreadable<Any3>("\xc3"), "expected number or string or bytes or list, got true");
  EXPECT_EQ(unreadable<Any3>(packed(1.5)), "expected i53, got 1.5");
  EXPECT_EQ((round_trip<Optional<OneOf<String, F64>>>(std::nullopt)), std::nullopt);
  EXPECT_EQ((unwritable<OneOf<String, codec::Boxed<Bool>>>(multifrost::Boxed<bool>())),
            "expected a value, got an empty Boxed");
}

template <class Time>
std::string time_bytes(const typename Time::Type& value) {
  Encoder to;
  EXPECT_TRUE(Time::write(to, value));
  return std::string(to.buffer().view().as_text());
}

TEST(Codec, TimesAreMicrosecondsInEveryEncoding) {
  const auto at = [](std::int64_t count) { return Timestamp<>::Type(microseconds(count)); };
  for (const std::int64_t count :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{1'795'241'517'210'605},
        std::int64_t{4'294'967'295'999'999}}) {
    EXPECT_EQ(round_trip<Timestamp<Seconds>>(at(count)), at(count)) << count;
    EXPECT_EQ(round_trip<Timestamp<Ext>>(at(count)), at(count)) << count;
    EXPECT_EQ(round_trip<Duration<>>(microseconds(count)), microseconds(count)) << count;
  }
  constexpr std::int64_t far = 9'000'000'000'000'000'000;  // the year 287,000
  EXPECT_EQ(round_trip<Timestamp<Ext>>(at(far)), at(far));
  EXPECT_EQ(round_trip<Timestamp<Ext>>(at(-far)), at(-far));
  EXPECT_EQ(time_bytes<Timestamp<Ext>>(at(1'000'000)), from_hex("d6ff00000001"));
  EXPECT_EQ(time_bytes<Timestamp<Ext>>(at(1'000'001)), from_hex("d7ff00000fa000000001"));
  EXPECT_EQ(time_bytes<Timestamp<Ext>>(at(-1)), from_hex("c70cff3b9ac618ffffffffffffffff"));
  EXPECT_EQ(time_bytes<Duration<Millis>>(microseconds(1'500)), "\x02");  // rounded
  EXPECT_EQ(time_bytes<Duration<Millis>>(microseconds(1'499)), "\x01");
  EXPECT_EQ(time_bytes<Duration<Millis>>(microseconds(-1'499)), "\xff");
  EXPECT_EQ(reads<Duration<Millis>>(packed(0.25)), microseconds(250));
  EXPECT_EQ(reads<Duration<>>("\x02"), microseconds(2'000'000));
}

TEST(Codec, TimesOutOfRangeAreRefused) {
  EXPECT_EQ(unreadable<Timestamp<>>(packed(1e14)), "1e+14 is out of range for timestamp");
  EXPECT_THAT(unreadable<Duration<>>(from_hex("cb7ff8000000000000")),
              testing::StartsWith("expected duration, got NaN"));
  EXPECT_THAT(unreadable<Duration<>>("\xc0"), testing::StartsWith("expected duration, got null"));
  EXPECT_EQ(unreadable<Timestamp<Ext>>("\x05"), "expected timestamp, got 5");
  EXPECT_EQ(unreadable<Timestamp<Ext>>(from_hex("d60500000001")),
            "expected timestamp, got extension type 5 of 4 bytes");
  EXPECT_EQ(unreadable<Timestamp<Ext>>(from_hex("c70cff3b9aca000000000000000000")),
            "a timestamp cannot have 1000000000 ns");
  EXPECT_EQ(unreadable<Timestamp<Ext>>(from_hex("c70cff000000007fffffffffffffff")),
            "9223372036854775807 s is out of range for timestamp");
}

struct Score {
  static constexpr double min = 0;
  static constexpr double max = 1;
};
struct Small {
  static constexpr std::int32_t max = 7;
};
struct Short {
  static constexpr std::size_t min_size = 1;
  static constexpr std::size_t max_size = 3;
};
struct Brief {
  static constexpr std::chrono::milliseconds max{5};
};

TEST(Codec, LimitsHoldBothWays) {
  EXPECT_EQ((round_trip<Limited<F64, Score>>(1.0)), 1.0);
  EXPECT_EQ((unwritable<Limited<F64, Score>>(1.5)), "1.5 is more than the maximum 1.0");
  EXPECT_EQ((unreadable<Limited<F64, Score>>("\xff")), "-1.0 is less than the minimum 0.0");
  EXPECT_EQ((unwritable<Limited<I32, Small>>(8)), "8 is more than the maximum 7");
  EXPECT_EQ((unwritable<Limited<String, Short>>("")), "size 0 is less than the minimum 1");
  EXPECT_EQ((unreadable<Limited<String, Short>>(packed("abcd"))),
            "size 4 is more than the maximum 3");
  EXPECT_EQ((unwritable<Limited<List<Bool>, Short>>({})), "size 0 is less than the minimum 1");
  EXPECT_EQ((unwritable<Limited<Duration<>, Brief>>(std::chrono::seconds(1))),
            "1.0 s is more than the maximum 0.005 s");
  EXPECT_EQ((unwritable<Optional<Limited<F64, Score>>>(kNan)), "");  // travels as nil
  Encoder to;
  EXPECT_FALSE((Limited<String, Short>::write(to, std::string_view("abcd"))));
}

TEST(Codec, ReservesNoMoreMemoryThanTheMessageHasBytes) {
  // 40,000 strings are announced and missing but for one byte each: nil.
  Encoder to;
  to.begin_array(40'000);
  for (int i = 0; i < 40'000; ++i) to.null();
  std::vector<std::string> into;
  Decoder from{to.buffer().view()};
  EXPECT_FALSE(List<String>::read(from, into));
  EXPECT_LE(into.capacity() * sizeof(std::string), to.buffer().size() + 5 * sizeof(std::string));
}

}  // namespace
}  // namespace multifrost
