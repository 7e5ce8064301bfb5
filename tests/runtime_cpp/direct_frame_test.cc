// ZMTP's frames and commands, byte by byte.
#include "transport/direct/frame.h"

#include <gtest/gtest.h>

#include <string>

#include "transport/direct/command.h"

namespace multifrost::transport::direct {
namespace {

using namespace std::string_literals;
using State = FrameHeader::State;

TEST(FrameHeader, ReadsShortAndLong) {
  const FrameHeader small = read_header("\x01\x07"s);
  EXPECT_EQ(small.state, State::complete);
  EXPECT_TRUE(small.more);
  EXPECT_FALSE(small.command);
  EXPECT_EQ(small.length, 2);
  EXPECT_EQ(small.size, 7u);

  const FrameHeader big = read_header("\x02\x00\x00\x00\x01\x00\x00\x00\x02 rest"s);
  EXPECT_EQ(big.state, State::complete);
  EXPECT_EQ(big.length, 9);
  EXPECT_EQ(big.size, 0x1'0000'0002u);

  const FrameHeader command = read_header("\x04\x05"s);
  EXPECT_TRUE(command.command);
}

TEST(FrameHeader, WaitsForTheRest) {
  EXPECT_EQ(read_header("").state, State::incomplete);
  EXPECT_EQ(read_header("\x00"s).state, State::incomplete);
  EXPECT_EQ(read_header("\x02\x00\x00\x00\x00\x00\x00\x00"s).state, State::incomplete);
}

TEST(FrameHeader, KnowsEveryFlagByte) {
  for (int flags = 0; flags < 256; ++flags) {
    const bool reserved = (flags & ~0x07) != 0;
    const bool command_with_more = (flags & 0x05) == 0x05;
    const std::string bytes = std::string(1, static_cast<char>(flags)) + std::string(8, '\0');
    EXPECT_EQ(read_header(bytes).state,
              reserved || command_with_more ? State::bad : State::complete)
        << flags;
  }
}

TEST(MessageHead, IsReadBackAtEveryBoundary) {
  for (const std::uint64_t size : {0ull, 1ull, 255ull, 256ull, 65'536ull, 1ull << 40}) {
    const MessageHead head(size);
    const FrameHeader delimiter = read_header(head.view());
    EXPECT_TRUE(delimiter.more);
    EXPECT_EQ(delimiter.size, 0u);
    const FrameHeader payload = read_header(head.view().substr(delimiter.length));
    EXPECT_EQ(payload.state, State::complete);
    EXPECT_FALSE(payload.more);
    EXPECT_EQ(payload.size, size);
    EXPECT_EQ(head.view().size(), std::size_t{delimiter.length} + payload.length);
  }
}

std::string_view body_of(const std::string& frame) {
  const FrameHeader header = read_header(frame);
  EXPECT_EQ(header.state, State::complete);
  EXPECT_TRUE(header.command);
  EXPECT_EQ(frame.size(), header.length + header.size);
  return std::string_view(frame).substr(header.length);
}

TEST(Command, ReadyIsWhatLibzmqSends) {
  EXPECT_EQ(ready_frame({"DEALER", "me"}), "\x04\x2b\x05READY\x0bSocket-Type\x00\x00\x00\x06"s +
                                               "DEALER\x08Identity\x00\x00\x00\x02me"s);
}

TEST(Command, ReadyIsReadBack) {
  const std::string frame = ready_frame({"ROUTER", std::string(255, 'i')});
  const auto command = read_command(body_of(frame));
  ASSERT_TRUE(command);
  EXPECT_EQ(command->name, "READY");
  const auto ready = read_ready(command->body);
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->socket_type, "ROUTER");
  EXPECT_EQ(ready->identity, std::string(255, 'i'));
}

TEST(Command, PropertyNamesHaveNoCaseAndOthersAreIgnored) {
  const auto ready = read_ready("\x03X-Y\x00\x00\x00\x01z\x0bSOCKET-type\x00\x00\x00\x06ROUTER"s);
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->socket_type, "ROUTER");
  EXPECT_EQ(ready->identity, "");
}

TEST(Command, EveryCutReadyIsMalformed) {
  const std::string body = "\x0bSocket-Type\x00\x00\x00\x06ROUTER"s;
  for (std::size_t size = 1; size < body.size(); ++size) {
    EXPECT_FALSE(read_ready(std::string_view(body).substr(0, size))) << size;
  }
  EXPECT_FALSE(read_ready("\x01x\xff\xff\xff\xff"s));
}

TEST(Command, PongRepeatsTheContext) {
  EXPECT_EQ(pong_frame("\x00\x0a"s), "\x04\x05\x04PONG"s);
  EXPECT_EQ(pong_frame("\x00\x0a"s + "context"), "\x04\x0c\x04PONGcontext"s);
  EXPECT_FALSE(pong_frame("\x00"s));
  EXPECT_FALSE(pong_frame("\x00\x0a"s + std::string(17, 'x')));
}

TEST(Command, NamesMustFit) {
  EXPECT_FALSE(read_command(""));
  EXPECT_FALSE(read_command("\x05PING"s));
  EXPECT_EQ(read_command("\x04PING\x00\x00"s)->body.size(), 2u);
  EXPECT_EQ(read_error("\x03"
                       "why"),
            "why");
  EXPECT_EQ(read_error("\x09why"), "");
}

}  // namespace
}  // namespace multifrost::transport::direct
