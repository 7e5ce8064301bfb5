// What the encoder writes, read back by msgpack-cxx, which is the oracle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <msgpack.hpp>

#include "multifrost/encoder.h"

namespace multifrost {
namespace {

msgpack::object_handle oracle(const Encoder& written) {
  return msgpack::unpack(written.buffer().data(), written.buffer().size());
}

TEST(Encoder, WritesIntegersInTheirShortestForm) {
  const std::pair<std::int64_t, std::size_t> cases[] = {
      {0, 1},         {127, 1},    {128, 2},        {255, 2},         {256, 3},
      {65535, 3},     {65536, 5},  {4294967295, 5}, {4294967296, 9},  {INT64_MAX, 9},
      {-1, 1},        {-32, 1},    {-33, 2},        {INT8_MIN, 2},    {INT8_MIN - 1, 3},
      {INT16_MIN, 3}, {-32769, 5}, {INT32_MIN, 5},  {-2147483649, 9}, {INT64_MIN, 9},
  };
  for (const auto& [value, size] : cases) {
    Encoder to;
    EXPECT_TRUE(to.integer(value));
    EXPECT_EQ(to.buffer().size(), size) << value;
    EXPECT_EQ(oracle(to)->as<std::int64_t>(), value);
  }
}

TEST(Encoder, WritesUnsignedIntegersInTheirShortestForm) {
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{255},
        std::uint64_t{256}, std::uint64_t{65'535}, std::uint64_t{65'536}, std::uint64_t{4294967295},
        std::uint64_t{4294967296}, UINT64_MAX}) {
    Encoder to;
    EXPECT_TRUE(to.unsigned_integer(value));
    EXPECT_EQ(oracle(to)->as<std::uint64_t>(), value);
    Encoder same;
    if (value <= INT64_MAX) {
      same.integer(static_cast<std::int64_t>(value));
      EXPECT_EQ(to.buffer().view().as_text(), same.buffer().view().as_text());
    }
  }
}

TEST(Encoder, WritesEveryDouble) {
  for (const double value : {0.0, -0.0, 3.0, -2.5, 1e308, std::numeric_limits<double>::denorm_min(),
                             std::numeric_limits<double>::infinity()}) {
    Encoder to;
    EXPECT_TRUE(to.floating(value));
    EXPECT_EQ(oracle(to)->as<double>(), value);
    EXPECT_EQ(std::signbit(oracle(to)->as<double>()), std::signbit(value));
  }
  Encoder to;
  EXPECT_TRUE(to.floating(std::nan("")));
  EXPECT_TRUE(std::isnan(oracle(to)->as<double>()));
}

TEST(Encoder, WritesTextBytesAndExtensionsOfEveryWidth) {
  for (const std::size_t size :
       {0u, 1u, 2u, 3u, 4u, 8u, 15u, 16u, 17u, 31u, 32u, 255u, 256u, 65535u, 65536u, 70000u}) {
    const std::string text(size, 'x');
    Encoder to;
    to.begin_array(3);
    EXPECT_TRUE(to.string(text) && to.bytes(BytesView(text)) && to.extension(-7, BytesView(text)));
    to.end_array();
    const auto read = oracle(to);
    ASSERT_EQ(read->type, msgpack::type::ARRAY);
    const msgpack::object_array& items = read->via.array;
    EXPECT_EQ(items.ptr[0].type, msgpack::type::STR);
    EXPECT_EQ(items.ptr[0].as<std::string>(), text);
    EXPECT_EQ(items.ptr[1].type, msgpack::type::BIN);
    EXPECT_EQ(std::string(items.ptr[1].via.bin.ptr, items.ptr[1].via.bin.size), text);
    EXPECT_EQ(items.ptr[2].type, msgpack::type::EXT);
    EXPECT_EQ(items.ptr[2].via.ext.type(), -7);
    EXPECT_EQ(std::string(items.ptr[2].via.ext.data(), items.ptr[2].via.ext.size), text);
  }
}

TEST(Encoder, WritesContainersOfEveryWidth) {
  for (const std::size_t count : {0u, 1u, 15u, 16u, 65535u, 65536u}) {
    Encoder to;
    to.begin_array(2);
    to.begin_array(count);
    for (std::size_t i = 0; i < count; ++i) to.boolean(i % 2 == 0);
    to.end_array();
    to.begin_map(count);
    for (std::size_t i = 0; i < count; ++i) {
      to.key(std::to_string(i));
      to.null();
    }
    to.end_map();
    to.end_array();
    const auto read = oracle(to);
    EXPECT_EQ(read->via.array.ptr[0].via.array.size, count);
    EXPECT_EQ(read->via.array.ptr[1].type, msgpack::type::MAP);
    EXPECT_EQ(read->via.array.ptr[1].via.map.size, count);
  }
}

TEST(Encoder, PutsATagInFrontOfTheNextMapOnly) {
  Encoder to;
  to.tag_next_map("kind", "file");
  to.begin_map(1);
  to.key("inner");
  to.begin_map(0);
  to.end_map();
  to.end_map();
  std::stringstream text;
  text << oracle(to).get();
  EXPECT_EQ(text.str(), R"({"kind":"file","inner":{}})");
}

TEST(Encoder, BuildsThePathOfWhatItRefuses) {
  Encoder to;
  EXPECT_FALSE(to.refused());
  EXPECT_FALSE(to.refuse("no"));
  EXPECT_FALSE(to.refuse("the first reason stays"));
  EXPECT_FALSE(to.inside("w"));
  EXPECT_FALSE(to.inside_key("a \"b\"\xff"));
  EXPECT_FALSE(to.inside(3));
  EXPECT_EQ(to.path(), R"([3]["a \"b\"\xff"].w)");
  EXPECT_EQ(to.failure("Vision.detect: result").message(),
            R"(Vision.detect: result[3]["a \"b\"\xff"].w: no)");
  EXPECT_TRUE(to.refused());
}

TEST(Buffer, KeepsWhatItHoldsWhileItGrowsAndMoves) {
  Buffer buffer;
  std::string expected;
  for (int i = 0; i < 10'000; ++i) {
    buffer.append(std::to_string(i));
    expected += std::to_string(i);
  }
  Buffer other = std::move(buffer);
  EXPECT_EQ(other.view().as_text(), expected);
  other.truncate(3);
  EXPECT_EQ(other.view().as_text(), "012");
  const std::size_t capacity = other.capacity();
  other.clear();
  EXPECT_EQ(other.capacity(), capacity);
  const Bytes shared = share(std::move(other));
  EXPECT_TRUE(shared.empty());
  EXPECT_THROW(Buffer().extend(std::numeric_limits<std::size_t>::max()), std::bad_alloc);
}

TEST(Bytes, ShareTheirOwnerAndSliceWithoutCopying) {
  std::vector<std::byte> owned(1000, std::byte{7});
  const std::byte* data = owned.data();
  Bytes part;
  {
    const Bytes whole(std::move(owned));
    EXPECT_EQ(whole.data(), data);
    part = whole.slice(990, 100);
  }
  EXPECT_EQ(part.data(), data + 990);
  EXPECT_EQ(part.size(), 10u);
  EXPECT_EQ(part, Bytes(std::string(10, '\7')));
  EXPECT_TRUE(part.slice(11, 1).empty());
  EXPECT_EQ(to_string(part), "bytes(10)");
  EXPECT_EQ(part.to_vector().size(), 10u);
}

}  // namespace
}  // namespace multifrost
