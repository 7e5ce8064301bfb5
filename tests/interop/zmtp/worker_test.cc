// Our transport as a worker (ROUTER) with DEALERs of another library as its parents.
#include "meeting.h"

namespace multifrost::transport::direct {
namespace {

struct Worker {
  explicit Worker(Meeting meeting, const std::vector<std::string>& options = {}) {
    const auto factory = make_direct_factory();
    if (meeting.we_bind) {
      auto listening = factory->listen_as_worker(free_place(meeting.kind), {});
      EXPECT_TRUE(listening.ok());
      transport = std::move(listening->transport);
      endpoint = listening->endpoints.at(0);
      peer = peer_at(endpoint, "dealer", options);
    } else {
      peer = peer_binding(free_place(meeting.kind), "dealer", options);
      endpoint = endpoint_of(peer->endpoint());
      transport = factory->connect_as_worker(endpoint, {}).value();
    }
    reader.emplace(*transport);
    id = reader->connected();
  }

  void serves(const std::string& command) { EXPECT_EQ(reader->obeys(*peer, command), "ok"); }

  std::unique_ptr<Transport> transport;
  Endpoint endpoint;
  std::unique_ptr<PeerProcess> peer;
  std::optional<EchoReader> reader;
  PeerId id{};
};

class WorkerOfPeer : public ::testing::TestWithParam<Meeting> {};
INSTANTIATE_TEST_SUITE_P(Meetings, WorkerOfPeer, kEveryMeeting, name);

TEST_P(WorkerOfPeer, AnswersOneByOneAndAllAtOnce) {
  Worker worker(GetParam());
  worker.serves("sequential 1000 call");
  worker.serves("pipelined 1000 burst");
}

TEST_P(WorkerOfPeer, TakesAndSendsEverySize) {
  Worker worker(GetParam());
  worker.serves("sizes 0 1 255 256 8191 8192 65535 65536 1048576");
}

TEST_P(WorkerOfPeer, IgnoresFurtherFramesAndTheDelimiter) {
  Worker worker(GetParam(), {kUuid});
  worker.serves("frames");
  worker.serves("sequential 1 after");
}

TEST_P(WorkerOfPeer, SeesThePeersDeath) {
  Worker worker(GetParam());
  worker.serves("sequential 1 alive");
  worker.peer->kill();
  EXPECT_EQ(worker.reader->lost().peer, worker.id);
}

TEST(WorkerOfOnePeer, TakesAndSendsALargeMessage) {
  Worker worker({true, Endpoint::Kind::tcp});
  worker.serves("sizes 67108864");
}

TEST(WorkerOfOnePeer, LetsItConnectAgain) {
  for (const auto kind : {Endpoint::Kind::tcp, Endpoint::Kind::unix_socket}) {
    Worker worker({true, kind});
    worker.serves("sequential 10 first");
    worker.transport->disconnect(worker.id);
    EXPECT_EQ(worker.reader->lost().peer, worker.id);
    EXPECT_NE(worker.reader->connected(), worker.id);
    worker.serves("reconnected");
    worker.serves("sequential 10 second");
  }
}

TEST(WorkerOfOnePeer, IsFoundAgainAfterItsRestart) {
  Worker worker({true, Endpoint::Kind::tcp});
  worker.serves("sequential 10 first");
  worker.transport.reset();
  auto listening = make_direct_factory()->listen_as_worker(worker.endpoint, {});
  ASSERT_TRUE(listening.ok()) << listening.failure().message();
  worker.transport = std::move(listening->transport);
  worker.reader.emplace(*worker.transport);
  worker.reader->connected();
  worker.serves("reconnected");
  worker.serves("sequential 10 second");
}

TEST(WorkerOfOnePeer, AnswersAReq) {
  auto listening = make_direct_factory()->listen_as_worker({}, {});
  ASSERT_TRUE(listening.ok());
  const auto peer = peer_at(listening->endpoints.at(0), "req");
  EchoReader reader(*listening->transport);
  reader.connected();
  EXPECT_EQ(reader.obeys(*peer, "sequential 100 call"), "ok");
}

TEST(WorkerOfManyPeers, KeepsThemApart) {
  auto listening = make_direct_factory()->listen_as_worker({}, {});
  ASSERT_TRUE(listening.ok());
  const Endpoint& endpoint = listening->endpoints.at(0);
  EchoReader reader(*listening->transport);
  std::vector<std::unique_ptr<PeerProcess>> peers;
  for (const char* option : {"", kUuid, ""}) {
    peers.push_back(
        peer_at(endpoint, "dealer",
                *option != '\0' ? std::vector<std::string>{option} : std::vector<std::string>{}));
    reader.connected();
  }
  // Everybody counts alike, in words of their own.
  for (std::size_t i = 0; i < peers.size(); ++i) {
    peers[i]->say("pipelined 1000 parent" + std::to_string(i));
  }
  for (const auto& peer : peers) EXPECT_EQ(reader.line_of(*peer), "ok");

  peers[1]->kill();
  reader.lost();
  EXPECT_EQ(reader.obeys(*peers[0], "sequential 10 survivor"), "ok");
  EXPECT_EQ(reader.obeys(*peers[2], "sequential 10 survivor"), "ok");
}

// The library ends the connection by itself where a PING has no PONG within a second.
TEST(Heartbeat, OfAParentIsAnswered) {
  Worker worker({true, Endpoint::Kind::tcp}, {"heartbeat=20"});
  Event event;
  const auto until = Clock::now() + std::chrono::milliseconds(2500);
  EXPECT_EQ(worker.transport->receive(event, until), Received::timeout) << event.reason;
  worker.serves("sequential 1 after");
}

}  // namespace
}  // namespace multifrost::transport::direct
