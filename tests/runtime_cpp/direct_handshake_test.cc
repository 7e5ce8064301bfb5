// What a peer may say before its first message: every way of cutting it, and every way of being
// wrong.
#include "transport/direct/handshake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "transport/direct/command.h"

namespace multifrost::transport::direct {
namespace {

using namespace std::string_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using State = Handshake::State;

// What libzmq 4.3 sends: the signature's padding holds the length of the identity plus one.
std::string libzmq_greeting(std::string mechanism = "NULL") {
  mechanism.resize(20, '\0');
  return "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x03\x01"s + mechanism + std::string(32, '\0');
}

std::string opening(const std::string& socket_type, const std::string& identity = {}) {
  return libzmq_greeting() + ready_frame({socket_type, identity});
}

/// Feeds in pieces of `piece` bytes.
void feed(Handshake& handshake, std::string_view bytes, std::size_t piece = 1) {
  std::string unread;
  while (!bytes.empty() && handshake.state() != State::failed) {
    const auto part = bytes.substr(0, piece);
    unread += part;
    bytes.remove_prefix(part.size());
    unread.erase(0, handshake.feed(unread));
  }
}

std::string failure(std::string_view bytes, Role role = Role::parent) {
  Handshake whole(role, {});
  whole.feed(bytes);
  Handshake bytewise(role, {});
  feed(bytewise, bytes);
  EXPECT_EQ(whole.state(), State::failed);
  EXPECT_EQ(bytewise.state(), State::failed);
  EXPECT_EQ(whole.reason(), bytewise.reason());
  return whole.reason();
}

TEST(Handshake, TwoOfOursUnderstandEachOther) {
  Handshake parent(Role::parent, "token");
  Handshake worker(Role::worker, {});
  EXPECT_EQ(worker.feed(parent.output()), parent.output().size());
  EXPECT_EQ(parent.feed(worker.output()), worker.output().size());
  EXPECT_EQ(parent.state(), State::done);
  EXPECT_EQ(worker.state(), State::done);
  EXPECT_EQ(worker.peer_identity(), "token");
  EXPECT_EQ(parent.peer_identity(), "");
}

TEST(Handshake, AnyCutIsFine) {
  const std::string bytes = opening("ROUTER", "identity");
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    Handshake handshake(Role::parent, {});
    feed(handshake, bytes, piece);
    EXPECT_EQ(handshake.state(), State::done) << piece << ": " << handshake.reason();
    EXPECT_EQ(handshake.peer_identity(), "identity");
  }
}

TEST(Handshake, EveryPrefixWaits) {
  const std::string bytes = opening("ROUTER");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Handshake handshake(Role::parent, {});
    handshake.feed(std::string_view(bytes).substr(0, size));
    EXPECT_TRUE(handshake.state() == State::greeting || handshake.state() == State::ready) << size;
  }
}

TEST(Handshake, LeavesTheFirstMessageAlone) {
  const std::string bytes = opening("ROUTER");
  Handshake handshake(Role::parent, {});
  EXPECT_EQ(handshake.feed(bytes + "\x01\x00\x00\x05"s), bytes.size());
}

TEST(Handshake, AcceptsLaterMinorVersions) {
  std::string bytes = opening("DEALER");
  for (const char minor : {'\x00', '\x01', '\x02', '\x4d'}) {
    bytes[11] = minor;
    Handshake handshake(Role::worker, {});
    handshake.feed(bytes);
    EXPECT_EQ(handshake.state(), State::done);
  }
}

TEST(Handshake, AWorkerAcceptsReqAsAParent) {
  Handshake handshake(Role::worker, {});
  handshake.feed(opening("REQ"));
  EXPECT_EQ(handshake.state(), State::done);
}

TEST(Handshake, RefusesOtherProtocolsAtTheFirstByte) {
  EXPECT_THAT(failure("G"), HasSubstr("does not speak ZMTP 3"));
  EXPECT_THAT(failure("\x01\x00"s), HasSubstr("older than 3"));
}

TEST(Handshake, RefusesOlderZmtp) {
  const std::string signature = "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f"s;
  EXPECT_THAT(failure(signature + "\x00"s), HasSubstr("speaks ZMTP 1; version 3 is needed"));
  EXPECT_THAT(failure(signature + "\x01"s), HasSubstr("speaks ZMTP 2.0"));
  EXPECT_THAT(failure("\xff\x00\x00\x00\x00\x00\x00\x00\x01\x00"s), HasSubstr("no signature"));
}

TEST(Handshake, RefusesOtherMechanisms) {
  EXPECT_THAT(failure(libzmq_greeting("CURVE")), HasSubstr("security mechanism 'CURVE'"));
  EXPECT_THAT(failure(libzmq_greeting("PLAIN")), HasSubstr("'PLAIN'"));
  EXPECT_THAT(failure(libzmq_greeting("NULLX")), HasSubstr("'NULLX'"));
  EXPECT_THAT(failure(libzmq_greeting("\x1b[31m")), HasSubstr("'?[31m'"));
  EXPECT_THAT(failure(libzmq_greeting(std::string(20, 'A'))), HasSubstr(std::string(20, 'A')));
}

// A libzmq that wants security closes as soon as it has read our greeting, its own still unsent.
TEST(Handshake, GuessesWhyThePeerBrokeOff) {
  Handshake handshake(Role::worker, {});
  EXPECT_THAT(handshake.broken_off("reset"),
              AllOf(HasSubstr("broke the handshake off (reset)"), HasSubstr("PLAIN or CURVE")));
  handshake.feed(libzmq_greeting());
  EXPECT_THAT(handshake.broken_off("closed"), HasSubstr("no DEALER, as a parent is"));
  Handshake parent(Role::parent, {});
  parent.feed(libzmq_greeting());
  EXPECT_THAT(parent.broken_off("closed"), HasSubstr("no ROUTER, as a worker is"));
}

TEST(Handshake, RefusesTheWrongSocketType) {
  EXPECT_THAT(failure(opening("DEALER")),
              HasSubstr("the peer is a DEALER socket; a worker is a ROUTER"));
  EXPECT_THAT(failure(opening("PUB"), Role::worker),
              HasSubstr("the peer is a PUB socket; a parent is a DEALER"));
  EXPECT_THAT(failure(libzmq_greeting() + command_frame("READY", "")),
              HasSubstr("the peer is a  socket"));
}

TEST(Handshake, RefusesAnythingButReady) {
  EXPECT_THAT(failure(libzmq_greeting() + "\x01"s), HasSubstr("something else than READY"));
  EXPECT_THAT(failure(libzmq_greeting() + "\x00\x05"s), HasSubstr("something else than READY"));
  EXPECT_THAT(failure(libzmq_greeting() + command_frame("PING", "\x00\x00"s)),
              HasSubstr("something else than READY"));
  EXPECT_THAT(failure(libzmq_greeting() + "\x04\x00"s), HasSubstr("something else than READY"));
  EXPECT_THAT(failure(libzmq_greeting() + command_frame("ERROR", "\x07no room"s)),
              HasSubstr("the peer refused us: no room"));
  EXPECT_THAT(failure(libzmq_greeting() + command_frame("READY", "\x0bSocket")),
              HasSubstr("malformed"));
}

TEST(Handshake, RefusesAbsurdLengthsBeforeTheyArrive) {
  EXPECT_THAT(failure(libzmq_greeting() + "\x06\xff\xff\xff\xff\xff\xff\xff\xff"s),
              HasSubstr("announced a command of 18446744073709551615 bytes"));
  EXPECT_THAT(failure(opening("ROUTER", std::string(256, 'i'))), HasSubstr("longer than 255"));
}

TEST(Handshake, AnyFlippedBitEndsInSomeState) {
  const std::string good = opening("ROUTER", "identity");
  for (std::size_t i = 0; i < good.size() * 8; ++i) {
    std::string bad = good;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << i % 8));
    Handshake handshake(Role::parent, {});
    const std::size_t consumed = handshake.feed(bad);
    EXPECT_LE(consumed, bad.size());
    EXPECT_EQ(handshake.state() == State::failed, !handshake.reason().empty());
  }
}

TEST(Handshake, NoiseNeverGetsThrough) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string noise(random() % 200, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    // Half of the rounds begin with a right greeting, so that READY is reached.
    Handshake handshake(Role::worker, {});
    feed(handshake, round % 2 == 0 ? noise : libzmq_greeting() + noise, 7);
    EXPECT_NE(handshake.state(), State::done);
  }
}

}  // namespace
}  // namespace multifrost::transport::direct
