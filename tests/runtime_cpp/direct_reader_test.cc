// From bytes to messages: any cut, any size, and nothing that a hostile peer could gain.
#include "transport/direct/message_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "direct_support.h"
#include "transport/direct/command.h"

namespace multifrost::transport::direct {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Step = MessageReader::Step;

constexpr std::size_t kLimit = 1 << 20;

std::string frame(std::string_view body, bool more) {
  std::string bytes(1, static_cast<char>(more ? kMore : 0));
  if (body.size() < 256) return bytes + static_cast<char>(body.size()) + std::string(body);
  bytes[0] = static_cast<char>(bytes[0] | kLong);
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(body.size() >> shift);
  return bytes + std::string(body);
}

std::string message(std::string_view payload) {
  return std::string(MessageHead(payload.size()).view()) + std::string(payload);
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7 + i / 251);
  return text;
}

struct Outcome {
  std::vector<std::string> messages;
  std::vector<std::string> commands;
  std::string fault;
};

/// Feeds `bytes` in pieces of at most `piece`, as recv() would.
Outcome read(std::string_view bytes, std::size_t piece, std::size_t limit = kLimit) {
  BlockPool blocks;
  MessageReader reader(limit, blocks);
  Outcome outcome;
  while (!bytes.empty()) {
    const auto room = reader.room();
    EXPECT_FALSE(room.empty());
    const std::size_t count = std::min({room.size(), piece, bytes.size()});
    std::memcpy(room.data(), bytes.data(), count);
    reader.received(count);
    bytes.remove_prefix(count);
    for (Step step = reader.advance(); step != Step::more; step = reader.advance()) {
      if (step == Step::message) outcome.messages.emplace_back(message_of(reader).as_text());
      if (step == Step::command) outcome.commands.emplace_back(reader.command());
      if (step == Step::broken) {
        outcome.fault = reader.fault();
        return outcome;
      }
    }
  }
  return outcome;
}

TEST(MessageReader, FindsMessagesHoweverTheyAreCut) {
  const std::string bytes = message("one") + message("") + message(pattern(300)) + message("four");
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    EXPECT_THAT(read(bytes, piece).messages, ElementsAre("one", "", pattern(300), "four")) << piece;
  }
}

TEST(MessageReader, ReceivesEverySize) {
  for (const std::size_t size :
       {255u, 256u, 8191u, 8192u, 8193u, 32'767u, 32'768u, 100'000u, 1'000'000u}) {
    const std::string bytes = message("before") + message(pattern(size)) + message("after");
    for (const std::size_t piece : {1000u, 8192u, 40'000u, 2'000'000u}) {
      EXPECT_THAT(read(bytes, piece).messages, ElementsAre("before", pattern(size), "after"))
          << size << " in pieces of " << piece;
    }
  }
}

TEST(MessageReader, SkipsWhatIsNotThePayload) {
  EXPECT_THAT(read(frame("delimiter", true) + frame("payload", true) + frame("more", true) +
                       frame(pattern(70'000), false) + message("next"),
                   999)
                  .messages,
              ElementsAre("payload", "next"));
  EXPECT_THAT(read(frame(pattern(70'000), true) + frame("p", false), 5000).messages,
              ElementsAre("p"));
}

TEST(MessageReader, DropsAMessageOfOneFrame) {
  EXPECT_THAT(read(frame("output that lost its way", false) + message("next"), 3).messages,
              ElementsAre("next"));
}

TEST(MessageReader, FindsCommandsBetweenAndWithinMessages) {
  const std::string ping = command_frame("PING", "\x00\x00"s);
  const Outcome outcome = read(ping + frame("", true) + ping + frame("payload", false) + ping, 1);
  EXPECT_THAT(outcome.messages, ElementsAre("payload"));
  EXPECT_EQ(outcome.commands.size(), 3u);
  EXPECT_EQ(outcome.commands[0], "\x04PING\x00\x00"s);
}

TEST(MessageReader, RefusesLengthsOverTheLimitBeforeAllocating) {
  const std::string head = frame("", true) + "\x02\x7f\xff\xff\xff\xff\xff\xff\xff"s;
  EXPECT_THAT(read(head, 100).fault,
              HasSubstr("announced a message of 9223372036854775807 bytes; the "
                        "limit is 1048576"));
  EXPECT_THAT(read(message(pattern(101)), 1000, 100).fault,
              HasSubstr("101 bytes; the limit is 100"));
  EXPECT_THAT(read(message(pattern(100)), 1000, 100).messages, ElementsAre(pattern(100)));
  EXPECT_THAT(read("\x02\xff\xff\xff\xff\xff\xff\xff\xff"s, 100).fault, HasSubstr("limit is"));
  EXPECT_THAT(read("\x06\x00\x00\x00\x00\x00\x00\x10\x01"s, 100).fault,
              HasSubstr("announced a command of 4097 bytes"));
}

TEST(MessageReader, RefusesWhatThereIsNoMemoryFor) {
  const std::string head("\1\0\2\x10\0\0\0\0\0\0\0", 11);
  const auto outcome = read(message("one") + head + "a part", 64, std::size_t{1} << 61);
  EXPECT_THAT(outcome.messages, ElementsAre("one"));
  EXPECT_THAT(outcome.fault, HasSubstr("no memory for the peer's message of 1152921504606846976"));
}

TEST(MessageReader, RefusesUnknownFlags) {
  EXPECT_THAT(read("\x08\x00"s, 1).fault, HasSubstr("flags that ZMTP 3 does not have"));
  EXPECT_THAT(read(message("fine") + "\x05\x00"s, 1).messages, ElementsAre("fine"));
}

TEST(MessageReader, KeepsAnnouncedMemoryWithinTheLimit) {
  // Large, but allowed: announced and never sent. The buffer is made, its pages are not touched.
  BlockPool blocks;
  MessageReader reader(std::size_t{1} << 30, blocks);
  const std::string head = frame("", true) + "\x02\x00\x00\x00\x00\x3f\xff\xff\xff"s;
  std::memcpy(reader.room().data(), head.data(), head.size());
  reader.received(head.size());
  EXPECT_EQ(reader.advance(), Step::more);
  EXPECT_EQ(reader.room().size(), 0x3fff'ffffu);
}

TEST(MessageReader, PayloadsOutliveTheReaderAndNeverChange) {
  std::vector<Bytes> kept;
  std::string bytes;
  {
    BlockPool blocks;
    MessageReader reader(kLimit, blocks);
    for (int i = 0; i < 5000; ++i) bytes += message(std::to_string(i));
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const auto room = reader.room();
      const std::size_t count = std::min<std::size_t>({room.size(), 700, rest.size()});
      std::memcpy(room.data(), rest.data(), count);
      reader.received(count);
      rest.remove_prefix(count);
      while (reader.advance() == Step::message) kept.push_back(message_of(reader));
    }
  }
  ASSERT_EQ(kept.size(), 5000u);
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(kept[i].as_text(), std::to_string(i));
}

TEST(MessageReader, KnowsWhetherItIsWithinAMessage) {
  const std::string bytes = message("payload");
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    BlockPool blocks;
    MessageReader reader(kLimit, blocks);
    std::memcpy(reader.room().data(), bytes.data(), size);
    reader.received(size);
    reader.advance();
    EXPECT_EQ(reader.within_message(), size != 0 && size != bytes.size()) << size;
  }
}

TEST(MessageReader, SurvivesNoise) {
  std::mt19937 random(11);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = message("first") + message(pattern(20));
    for (int flips = 0; flips < 4; ++flips) {
      char& byte = bytes[random() % bytes.size()];
      byte = static_cast<char>(random() % 4 == 0 ? random() : byte ^ (1 << random() % 8));
    }
    const Outcome whole = read(bytes, bytes.size());
    const Outcome bytewise = read(bytes, 1);
    EXPECT_EQ(whole.messages, bytewise.messages);
    EXPECT_EQ(whole.fault, bytewise.fault);
  }
}

TEST(MessageReader, EndlessFramesCostNoMemory) {
  std::string bytes = frame("", true) + frame("payload", true);
  for (int i = 0; i < 10'000; ++i) bytes += frame("ignored", true);
  EXPECT_THAT(read(bytes, 4096).messages, IsEmpty());
  EXPECT_THAT(read(bytes + frame("", false), 4096).messages, ElementsAre("payload"));
}

}  // namespace
}  // namespace multifrost::transport::direct
