// Messages that mean harm: every read stays within the message and within its limits, and says no.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <random>

#include "multifrost/codec.h"
#include "multifrost/value.h"
#include "wire_support.h"

namespace multifrost {
namespace {

/// Reads the message in every way that there is; returns whether it is one whole value. Under
/// AddressSanitizer a read behind its end shows.
bool read_everything(std::string_view message) {
  // A copy of exactly this size, so that the first byte behind it is nobody's.
  const std::vector<char> exact(message.begin(), message.end());
  const BytesView view(exact);
  Value value;
  Decoder untyped(view);
  const bool good = codec::Any::read(untyped, value) && untyped.finish();
  EXPECT_EQ(untyped.reason().empty(), good);

  Decoder skipping(view);
  const bool skipped = skipping.skip() && skipping.finish();
  EXPECT_TRUE(skipped || !good) << "read but not skipped";

  const auto attempt = [&]<class C>(C) {
    typename C::Type into{};
    Decoder from(view);
    const bool fits = C::read(from, into);
    EXPECT_EQ(from.reason().empty(), fits);
  };
  attempt(codec::I8());
  attempt(codec::U64());
  attempt(codec::F32());
  attempt(codec::F64());
  attempt(codec::NanAsNull<codec::F64>());
  attempt(codec::Bool());
  attempt(codec::String());
  attempt(codec::Binary());
  attempt(codec::Timestamp<codec::Ext>());
  attempt(codec::Timestamp<>());
  attempt(codec::List<codec::Any>());
  attempt(codec::List<codec::Bool>());
  attempt(codec::Map<codec::StringKey, codec::Any>());
  attempt(codec::Map<codec::IntKey<codec::I32>, codec::Any>());
  attempt(codec::Tuple<codec::String, codec::Any>());
  attempt(codec::OneOf<codec::String, codec::F64, codec::List<codec::Any>>());
  Decoder json(view, Format::json);
  codec::Any::read(json, value);
  return good;
}

/// One message that holds every form of msgpack.
std::string every_form() {
  Encoder to;
  to.begin_map(3);
  to.key("list");
  to.begin_array(17);
  for (const std::int64_t number :
       {std::int64_t{1}, std::int64_t{-1}, std::int64_t{200}, std::int64_t{-100},
        std::int64_t{40'000}, std::int64_t{-30'000}, std::int64_t{3'000'000'000},
        std::int64_t{-2'000'000'000}, INT64_MAX, INT64_MIN}) {
    to.integer(number);
  }
  to.null();
  to.boolean(true);
  to.floating(2.5);
  to.bytes(BytesView(std::string("\0\1\2", 3)));
  to.string(std::string(40, 's'));
  to.extension(5, BytesView(std::string("x")));
  to.extension(-1, BytesView(std::string(12, '\0')));
  to.end_array();
  to.key(std::string(300, 'k'));
  to.begin_map(16);
  for (int i = 0; i < 16; ++i) {
    to.key(std::to_string(i));
    to.begin_array(0);
    to.end_array();
  }
  to.end_map();
  to.key("float");
  to.raw(BytesView(from_hex("ca3fc00000")));
  to.end_map();
  return std::string(to.buffer().view().as_text());
}

TEST(Hostile, EveryPrefixOfAMessageIsRefused) {
  const std::string message = every_form();
  ASSERT_TRUE(read_everything(message));
  for (std::size_t size = 0; size < message.size(); ++size) {
    EXPECT_FALSE(read_everything(message.substr(0, size))) << size;
  }
}

TEST(Hostile, EveryByteWithEveryValueIsReadOrRefused) {
  const std::string message = every_form();
  for (std::size_t at = 0; at < message.size(); at += at < 120 ? 1 : 17) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = message;
      changed[at] = static_cast<char>(value);
      read_everything(changed);
    }
  }
}

TEST(Hostile, EveryLengthFieldAtItsMaximumIsRefused) {
  const std::pair<const char*, std::size_t> heads[] = {
      {"8f", 0}, {"9f", 0}, {"bf", 0}, {"c4", 1}, {"c5", 2}, {"c6", 4}, {"c7", 1}, {"c8", 2},
      {"c9", 4}, {"d9", 1}, {"da", 2}, {"db", 4}, {"dc", 2}, {"dd", 4}, {"de", 2}, {"df", 4}};
  for (const auto& [marker, width] : heads) {
    for (const std::size_t behind : {0u, 1u, 14u}) {
      const std::string message =
          from_hex(marker) + std::string(width, '\xff') + std::string(behind, '\xc0');
      EXPECT_FALSE(read_everything(message)) << marker;
      // And inside of something that is fine itself.
      EXPECT_FALSE(read_everything("\x92\x01" + message)) << marker;
    }
  }
}

TEST(Hostile, TheByteThatIsNeverUsedIsRefused) {
  EXPECT_FALSE(read_everything("\xc1"));
  EXPECT_EQ(refusal("\x91\xc1", [](Decoder& d) { return d.skip(); }),
            "byte 0xc1 begins no msgpack value");
  Value value;
  EXPECT_EQ(refusal("\x91\xc1", [&](Decoder& d) { return codec::Any::read(d, value); }),
            "[0]: byte 0xc1 begins no msgpack value");
}

TEST(Hostile, RandomBytesAreReadOrRefused) {
  std::mt19937 random(20261121);
  for (int round = 0; round < 20'000; ++round) {
    std::string message(random() % 40, '\0');
    for (char& byte : message) {
      // Mostly the heads that announce something.
      byte = static_cast<char>(random() % 3 == 0 ? random() : 0x80 + random() % 0x60);
    }
    read_everything(message);
  }
}

// ThreadSanitizer keeps four bytes of its own beside each byte that is touched.
#ifdef __SANITIZE_THREAD__
constexpr long kMemoryPerByte = 5;
#else
constexpr long kMemoryPerByte = 1;
#endif
/// What a refusal may cost, in KiB: a copy of the message, not what its lengths ask for.
constexpr long kModest = 20'000 * kMemoryPerByte;

/// The most memory that this process ever used, in KiB.
long peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(Hostile, FiveBytesThatAskForGigabytesGetNothing) {
  const long before = peak_memory();
  for (const char* hex : {"dd07ffffff", "df07ffffff", "dbffffffff", "c6ffffffff", "c9ffffffff05"}) {
    EXPECT_FALSE(read_everything(from_hex(hex)));
  }
  EXPECT_EQ(refusal(from_hex("dd07ffffff"),
                    [](Decoder& d) {
                      std::size_t count;
                      return d.begin_array(count);
                    }),
            "list of 134217727 items begins, but only 0 bytes follow");
  EXPECT_LT(peak_memory() - before, kModest);
}

TEST(Hostile, DeepNestingEndsAtTheLimit) {
  const std::string deep(10'000'000, '\x91');
  const long before = peak_memory();
  Value value;
  Decoder from{BytesView(deep)};
  EXPECT_FALSE(codec::Any::read(from, value));
  EXPECT_EQ(from.reason(), "nested too deeply");
  Decoder skipping{BytesView(deep)};
  EXPECT_FALSE(skipping.skip());
  EXPECT_LT(peak_memory() - before, kModest);

  const std::string brackets(10'000'000, '[');
  Decoder json(BytesView(brackets), Format::json);
  EXPECT_FALSE(json.skip());
  EXPECT_EQ(json.reason(), "nested too deeply");

  std::string legal(512, '\x91');
  legal.push_back('\xc0');
  EXPECT_TRUE(read_everything(legal));
  EXPECT_FALSE(read_everything("\x91" + legal));
}

TEST(Hostile, ItemsOfAllContainersCountTogether) {
  Encoder to;
  to.begin_array(3);
  for (int i = 0; i < 3; ++i) {
    to.begin_array(10);
    for (int j = 0; j < 10; ++j) to.null();
  }
  const auto reads = [&](std::size_t items) {
    Value value;
    Decoder from(to.buffer().view(), Format::msgpack, {.depth = 2, .items = items});
    return codec::Any::read(from, value);
  };
  EXPECT_TRUE(reads(33));
  EXPECT_FALSE(reads(32));
}

TEST(Hostile, BrokenJsonIsRefused) {
  for (const char* text : {"", "{", "[1,]", "{\"a\":}", "nul", "\"\xff\"", "1 2",
                           "{\"$bytes\":\"x\"}", "{\"$bytes\":5}", "{\"$bytes\":\"====\"}",
                           "{\"$float\":\"nan\"}", "{\"$extension\":[1]}", "{\"$other\":1}"}) {
    Decoder from(BytesView(std::string_view(text)), Format::json);
    EXPECT_FALSE(from.skip()) << text;
    EXPECT_NE(from.reason(), "") << text;
  }
}

}  // namespace
}  // namespace multifrost
