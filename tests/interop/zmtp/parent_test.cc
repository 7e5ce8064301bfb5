// Our transport as a parent (DEALER) with the ROUTER of another library as its worker.
#include "meeting.h"

namespace multifrost::transport::direct {
namespace {

struct Parent {
  explicit Parent(Meeting meeting, const std::vector<std::string>& options = {}) {
    const auto factory = make_direct_factory();
    if (meeting.we_bind) {
      auto listening =
          factory->listen_as_parent({.tcp = true, .unix_socket = true, .check = {}, .limits = {}});
      EXPECT_TRUE(listening.ok());
      transport = std::move(listening->transport);
      for (const Endpoint& endpoint : listening->endpoints) {
        if (endpoint.kind == meeting.kind) peer = peer_at(endpoint, "router", options);
      }
    } else {
      peer = peer_binding(free_place(meeting.kind), "router", options);
      transport = factory->connect_as_parent(endpoint_of(peer->endpoint()), {}).value();
    }
    id = expect_connected(*transport);
  }

  void call(std::string_view payload) {
    ASSERT_EQ(send(*transport, id, payload), Sent::taken);
    // Not EXPECT_EQ, which would print megabytes.
    ASSERT_TRUE(expect_message(*transport) == payload) << payload.size() << " bytes";
  }

  std::unique_ptr<Transport> transport;
  std::unique_ptr<PeerProcess> peer;
  PeerId id{};
};

/// A prime length: no shifted block looks like another.
std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i % 251);
  return text;
}

class ParentOfPeer : public ::testing::TestWithParam<Meeting> {};
INSTANTIATE_TEST_SUITE_P(Meetings, ParentOfPeer, kEveryMeeting, name);

TEST_P(ParentOfPeer, CallsOneByOneAndAllAtOnce) {
  Parent parent(GetParam());
  for (int i = 0; i < 1000; ++i) parent.call("call " + std::to_string(i));
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(send(*parent.transport, parent.id, "burst " + std::to_string(i)), Sent::taken);
  }
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(expect_message(*parent.transport), "burst " + std::to_string(i));
  }
}

TEST_P(ParentOfPeer, SendsAndTakesEverySize) {
  Parent parent(GetParam());
  for (const std::size_t size : {0, 1, 255, 256, 8191, 8192, 65'535, 65'536, 1 << 20}) {
    parent.call(pattern(size));
  }
}

TEST_P(ParentOfPeer, IgnoresFurtherFrames) {
  Parent parent(GetParam());
  for (const char* payload : {"frames", "one", "frames again", "two"}) parent.call(payload);
}

TEST_P(ParentOfPeer, SeesThePeersDeath) {
  Parent parent(GetParam());
  parent.call("alive");
  parent.peer->kill();
  EXPECT_EQ(expect(*parent.transport, Event::Kind::lost).peer, parent.id);
}

TEST(ParentOfOnePeer, SendsAndTakesALargeMessage) {
  Parent parent({true, Endpoint::Kind::tcp});
  parent.call(pattern(std::size_t{64} << 20));
}

TEST(ParentOfOnePeer, TakesAPeerWithAnIdentity) {
  for (const bool we_bind : {true, false}) {
    Parent parent({we_bind, Endpoint::Kind::tcp}, {kUuid});
    parent.call("hello");
  }
}

TEST(ParentOfOnePeer, FindsAServiceThatCameBack) {
  for (const auto kind : {Endpoint::Kind::tcp, Endpoint::Kind::unix_socket}) {
    Parent parent({false, kind});
    parent.call("first");
    const Endpoint place = endpoint_of(parent.peer->endpoint());
    parent.peer->kill();
    expect(*parent.transport, Event::Kind::lost);
    std::filesystem::remove(place.path);
    parent.peer = peer_binding(place, "router");
    const PeerId before = parent.id;
    parent.id = expect_connected(*parent.transport);
    EXPECT_NE(parent.id, before);
    parent.call("second");
  }
}

// The library ends the connection by itself where a PING has no PONG within a second.
TEST(Heartbeat, OfAWorkerIsAnswered) {
  Parent parent({true, Endpoint::Kind::tcp}, {"heartbeat=20"});
  Event event;
  const auto until = Clock::now() + std::chrono::milliseconds(2500);
  EXPECT_EQ(parent.transport->receive(event, until), Received::timeout) << event.reason;
  parent.call("still connected");
}

}  // namespace
}  // namespace multifrost::transport::direct
