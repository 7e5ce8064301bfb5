// Buffers with bytes attached to them: the same message, wherever its parts lie.
#include "multifrost/buffer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "multifrost/codec/scalar.h"
#include "multifrost/encoder.h"

namespace multifrost {
namespace {

Buffer example(const Bytes& attached) {
  Buffer buffer;
  buffer.append("one");
  buffer.attach(attached);
  buffer.append("three");
  return buffer;
}

std::vector<std::string> parts(const Buffer& buffer) {
  std::vector<std::string> all;
  buffer.for_each_part([&](std::string_view part) { all.emplace_back(part); });
  return all;
}

TEST(Buffer, ShowsItsPartsInOrder) {
  const Bytes attached("two");
  const Buffer buffer = example(attached);
  EXPECT_EQ(buffer.size(), 11u);
  EXPECT_EQ(parts(buffer), (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(buffer.view().as_text(), "onetwothree");
  EXPECT_EQ(parts(buffer), (std::vector<std::string>{"onetwothree"})) << "in one piece by now";
}

TEST(Buffer, AttachesWithoutCopying) {
  const Bytes attached("two");
  const char* seen = nullptr;
  example(attached).for_each_part([&](std::string_view part) {
    if (part == "two") seen = part.data();
  });
  EXPECT_EQ(static_cast<const void*>(seen), attached.data());
}

TEST(Buffer, ForgetsWhatIsAttachedWithTheRest) {
  Buffer buffer = example(Bytes("two"));
  buffer.truncate(4);
  EXPECT_EQ(buffer.view().as_text(), "onet");
  buffer = example(Bytes("two"));
  buffer.clear();
  EXPECT_TRUE(buffer.empty());
  EXPECT_TRUE(parts(buffer).empty());
}

TEST(Buffer, MovesAndSharesWithWhatIsAttached) {
  Buffer buffer = example(Bytes("two"));
  Buffer other = std::move(buffer);
  EXPECT_EQ(other.size(), 11u);
  EXPECT_EQ(share(std::move(other)).as_text(), "onetwothree");
}

TEST(Buffer, OwnsWhatItBorrowed) {
  std::string lent = "two";
  Buffer buffer;
  buffer.attach_borrowed(lent);
  buffer.own();
  lent = "---";
  EXPECT_EQ(buffer.view().as_text(), "two");
}

TEST(Encoder, SharesLargeBytesAndCopiesSmallOnes) {
  const Bytes large{BytesView(std::string(100'000, 'L'))}, small("small");
  Encoder to;
  EXPECT_TRUE(codec::Binary::write(to, large) && codec::Binary::write(to, small));
  EXPECT_EQ(parts(to.buffer()).size(), 3u) << "marker and size, the large bytes, the small ones";
  Encoder plain;
  EXPECT_TRUE(plain.bytes(large.view()) && plain.bytes(small.view()));
  EXPECT_EQ(to.buffer().view().as_text(), plain.buffer().view().as_text());
}

TEST(Encoder, ABufferThatIsTakenBorrowsNothing) {
  std::string lent(100'000, 'L');
  Encoder to;
  EXPECT_TRUE(codec::Binary::write(to, BytesView(lent)));
  EXPECT_EQ(parts(to.buffer()).size(), 2u) << "borrowed until then";
  const Buffer taken = to.take_buffer();
  lent.assign(lent.size(), '-');
  EXPECT_EQ(taken.view().as_text().substr(5), std::string(100'000, 'L'));
}

}  // namespace
}  // namespace multifrost
