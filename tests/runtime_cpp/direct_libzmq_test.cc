// The direct transport against libzmq, the oracle: the same wire in both roles and both modes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "direct_support.h"
#include "zmq_socket.h"

// libzmq is not instrumented: ThreadSanitizer cannot see how its threads hand messages over (R9).
// Only what happens inside it is left out.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:libzmq.so\n"; }

namespace multifrost::transport::direct {
namespace {

using ::testing::ElementsAre;
using Kind = Event::Kind;

class LibzmqTest : public ::testing::TestWithParam<Endpoint::Kind> {
 protected:
  static std::string place() {
    return GetParam() == Endpoint::Kind::tcp ? "tcp://127.0.0.1:*"
                                             : "ipc://" + (std::filesystem::temp_directory_path() /
                                                           ("mf-" + one_time_token().substr(0, 8)))
                                                              .string();
  }
  std::unique_ptr<Factory> factory_ = make_direct_factory();
};
INSTANTIATE_TEST_SUITE_P(Sockets, LibzmqTest,
                         ::testing::Values(Endpoint::Kind::tcp, Endpoint::Kind::unix_socket),
                         [](const auto& one) {
                           return one.param == Endpoint::Kind::tcp ? "tcp" : "unix";
                         });

// Our parent in spawn mode, a published child: a ROUTER that connects.
struct ParentOfLibzmq {
  explicit ParentOfLibzmq(Factory& factory, Endpoint::Kind kind, ZmqSocket& child) {
    auto listening =
        factory.listen_as_parent({.tcp = true, .unix_socket = true, .check = {}, .limits = {}});
    EXPECT_TRUE(listening.ok());
    parent = std::move(listening->transport);
    for (const Endpoint& endpoint : listening->endpoints) {
      if (endpoint.kind != kind) continue;
      if (!endpoint.token.empty()) child.set(ZMQ_ROUTING_ID, endpoint.token);
      child.connect(endpoint);
    }
    peer = expect_connected(*parent);
  }
  std::unique_ptr<Transport> parent;
  PeerId peer;
};

TEST_P(LibzmqTest, ParentCallsARouterThatConnects) {
  ZmqSocket child(ZMQ_ROUTER);
  ParentOfLibzmq side(*factory_, GetParam(), child);
  send(*side.parent, side.peer, "call");
  const auto call = child.receive();
  ASSERT_EQ(call.size(), 3u);
  EXPECT_EQ(call[1], "");
  EXPECT_EQ(call[2], "call");
  child.send({call[0], "", "answer"});
  EXPECT_EQ(expect_message(*side.parent), "answer");
  // A published child may add frames; they are ignored.
  child.send({call[0], "", "second", "extra"});
  EXPECT_EQ(expect_message(*side.parent), "second");
}

TEST_P(LibzmqTest, WorkerAnswersADealerThatBinds) {
  ZmqSocket parent(ZMQ_DEALER);
  const Endpoint endpoint = parent.bind(place());
  const auto worker = factory_->connect_as_worker(endpoint, {}).value();
  const PeerId peer = expect_connected(*worker);
  parent.send({"", "call"});
  EXPECT_EQ(expect_message(*worker), "call");
  send(*worker, peer, "answer");
  EXPECT_THAT(parent.receive(), ElementsAre("", "answer"));
  parent.send({"not empty", "second", "trailing", "frames"});
  EXPECT_EQ(expect_message(*worker), "second");
}

TEST_P(LibzmqTest, ServiceAnswersManyDealers) {
  Endpoint place;
  if (GetParam() == Endpoint::Kind::unix_socket) {
    place.kind = Endpoint::Kind::unix_socket;
    place.path = LibzmqTest::place().substr(6);
  }
  const auto listening = factory_->listen_as_worker(place, {});
  ASSERT_TRUE(listening.ok()) << listening.failure().message();
  Transport& worker = *listening->transport;
  ZmqSocket one(ZMQ_DEALER), two(ZMQ_DEALER);
  two.set(ZMQ_ROUTING_ID, "a 36-byte UUID, as Go's parents have");
  for (ZmqSocket* parent : {&one, &two}) {
    parent->connect(listening->endpoints[0]);
    expect_connected(worker);
  }
  one.send({"", "from one"});
  const Event first = expect(worker, Kind::message);
  two.send({"", "from two"});
  const Event second = expect(worker, Kind::message);
  EXPECT_NE(first.peer, second.peer);
  send(worker, second.peer, "to two");
  send(worker, first.peer, "to one");
  EXPECT_THAT(one.receive(), ElementsAre("", "to one"));
  EXPECT_THAT(two.receive(), ElementsAre("", "to two"));
}

TEST_P(LibzmqTest, ParentCallsAServiceOfLibzmq) {
  ZmqSocket service(ZMQ_ROUTER);
  const Endpoint endpoint = service.bind(place());
  const auto parent = factory_->connect_as_parent(endpoint, {}).value();
  const PeerId peer = expect_connected(*parent);
  send(*parent, peer, "call");
  const auto call = service.receive();
  ASSERT_EQ(call.size(), 3u);
  service.send({call[0], "", "answer"});
  EXPECT_EQ(expect_message(*parent), "answer");
}

TEST_P(LibzmqTest, EverySizeCrossesBothWays) {
  ZmqSocket child(ZMQ_ROUTER);
  ParentOfLibzmq side(*factory_, GetParam(), child);
  for (const std::size_t size :
       {0u, 1u, 255u, 256u, 8192u, 8193u, 65'536u, 1'000'000u, 20'000'000u}) {
    std::string payload(size, '\0');
    for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<char>(i * 31 + i / 509);
    const Flusher flusher(*side.parent);
    send(*side.parent, side.peer, payload);
    const auto call = child.receive();
    ASSERT_EQ(call.size(), 3u);
    EXPECT_EQ(call[2], payload) << size;
    child.send({call[0], "", call[2]});
    EXPECT_EQ(expect_message(*side.parent), payload) << size;
  }
}

TEST_P(LibzmqTest, ManyMessagesArriveInOrder) {
  constexpr int kCount = 20'000;
  ZmqSocket child(ZMQ_ROUTER);
  for (const int option : {ZMQ_SNDHWM, ZMQ_RCVHWM}) child.set(option, 0);
  ParentOfLibzmq side(*factory_, GetParam(), child);
  const Flusher flusher(*side.parent);
  std::thread echo([&] {
    for (int i = 0; i < kCount; ++i) child.send(child.receive());
  });
  std::thread sender([&] {
    for (int i = 0; i < kCount; ++i) send(*side.parent, side.peer, std::to_string(i));
  });
  for (int i = 0; i < kCount; ++i) ASSERT_EQ(expect_message(*side.parent), std::to_string(i));
  sender.join();
  echo.join();
}

TEST_P(LibzmqTest, LibzmqsHeartbeatsAreAnswered) {
  ZmqSocket child(ZMQ_ROUTER);
  child.set(ZMQ_HEARTBEAT_IVL, 20);
  child.set(ZMQ_HEARTBEAT_TIMEOUT, 1000);
  ParentOfLibzmq side(*factory_, GetParam(), child);
  // Without PONGs libzmq would end the connection within this time; the reader answers as it waits.
  Event event;
  const auto until = Clock::now() + std::chrono::milliseconds(2500);
  EXPECT_EQ(side.parent->receive(event, until), Received::timeout) << event.reason;
  send(*side.parent, side.peer, "still connected");
  EXPECT_EQ(child.receive().at(2), "still connected");
}

TEST_P(LibzmqTest, ALibzmqPeersEndIsSeen) {
  auto child = std::make_unique<ZmqSocket>(ZMQ_ROUTER);
  ParentOfLibzmq side(*factory_, GetParam(), *child);
  send(*side.parent, side.peer, "call");
  auto answer = child->receive();
  answer[2] = "last answer";
  child->set(ZMQ_LINGER, 30'000);
  child->send(answer);
  child.reset();
  EXPECT_EQ(expect_message(*side.parent), "last answer");
  EXPECT_EQ(expect(*side.parent, Kind::lost).peer, side.peer);
}

TEST(Libzmq, SocketsOfOtherKindsAreRefused) {
  const auto listening = make_direct_factory()->listen_as_worker({}, {});
  ASSERT_TRUE(listening.ok());
  ZmqSocket router(ZMQ_ROUTER), dealer(ZMQ_DEALER);
  router.connect(listening->endpoints[0]);
  dealer.connect(listening->endpoints[0]);
  dealer.send({"", "the only one"});
  expect_connected(*listening->transport);
  EXPECT_EQ(expect_message(*listening->transport), "the only one");
}

TEST(Libzmq, AParentSurvivesItsServicesRestart) {
  auto service = std::make_unique<ZmqSocket>(ZMQ_ROUTER);
  const Endpoint endpoint = service->bind("tcp://127.0.0.1:*");
  const auto parent = make_direct_factory()->connect_as_parent(endpoint, {}).value();
  expect_connected(*parent);
  service.reset();
  expect(*parent, Kind::lost);
  service = std::make_unique<ZmqSocket>(ZMQ_ROUTER);
  service->bind("tcp://127.0.0.1:" + std::to_string(endpoint.port));
  const PeerId peer = expect_connected(*parent);
  send(*parent, peer, "again");
  EXPECT_EQ(service->receive().at(2), "again");
}

}  // namespace
}  // namespace multifrost::transport::direct
