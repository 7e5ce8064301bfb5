// Who may come in (R6), in which mode, and what happens to all the others.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "direct_support.h"

namespace multifrost::transport::direct {
namespace {

using ::testing::HasSubstr;
using Kind = Event::Kind;

class SpawnDoor : public ::testing::Test {
 protected:
  void listen(std::shared_ptr<PeerCheck> check = {}) {
    auto listening = make_direct_factory()->listen_as_parent(
        {.tcp = true, .unix_socket = true, .check = std::move(check), .limits = {}});
    ASSERT_TRUE(listening.ok());
    parent_ = std::move(listening->transport);
    ASSERT_EQ(listening->endpoints.size(), 2u);
    unix_ = listening->endpoints[0];
    tcp_ = listening->endpoints[1];
  }

  std::unique_ptr<Transport> parent_;
  Endpoint unix_, tcp_;
};

TEST_F(SpawnDoor, OffersAPrivateSocketAndALoopbackPort) {
  listen();
  EXPECT_EQ(unix_.kind, Endpoint::Kind::unix_socket);
  EXPECT_EQ(unix_.token.size(), 32u);
  EXPECT_EQ(unix_.token.find(' '), std::string::npos);
  const auto folder = std::filesystem::path(unix_.path).parent_path();
  struct stat status {};
  ASSERT_EQ(::stat(folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777u, 0700u);
  EXPECT_EQ(tcp_.host, "127.0.0.1");
  EXPECT_GE(tcp_.port, 1024);
  parent_.reset();
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(SpawnDoor, EveryListenerHasATokenOfItsOwn) {
  listen();
  const std::string first = unix_.token;
  listen();
  EXPECT_NE(unix_.token, first);
}

TEST_F(SpawnDoor, TheFirstPeerWinsAndTheDoorCloses) {
  listen();
  RawPeer slow(tcp_);
  slow.say(greeting_bytes());
  slow.hear(64, parent_.get());
  RawPeer first(unix_);
  first.say(opening_bytes("ROUTER", unix_.token));
  expect_connected(*parent_);
  slow.say(ready_frame({"ROUTER", {}}));
  EXPECT_TRUE(slow.is_closed_by(*parent_));
  EXPECT_FALSE(std::filesystem::exists(unix_.path));
  auto late = begin_connect(tcp_);
  if (late.ok() && late->pending) {
    pollfd entry{late->socket.get(), POLLOUT, 0};
    ::poll(&entry, 1, 30'000);
    EXPECT_NE(finish_connect(late->socket.get()), 0);
  } else {
    EXPECT_FALSE(late.ok());
  }
}

TEST_F(SpawnDoor, AWrongTokenClosesThatConnectionOnly) {
  listen();
  for (const std::string& token : {std::string(), std::string("wrong"), std::string(32, '0'),
                                   unix_.token.substr(1), unix_.token + "0"}) {
    RawPeer stranger(unix_);
    stranger.say(opening_bytes("ROUTER", token));
    EXPECT_TRUE(stranger.is_closed_by(*parent_)) << token;
  }
  RawPeer worker(unix_);
  worker.say(opening_bytes("ROUTER", unix_.token));
  expect_connected(*parent_);
}

struct Check final : PeerCheck {
  std::string refusal(const Applicant& applicant) override {
    EXPECT_GE(applicant.socket, 0);
    seen.emplace_back(applicant.routing_id);
    return applicant.routing_id == "welcome" ? "" : "a stranger";
  }
  std::vector<std::string> seen;
};

TEST_F(SpawnDoor, TheCheckDecidesBeforeAnyMessage) {
  const auto check = std::make_shared<Check>();
  listen(check);
  RawPeer stranger(tcp_);
  stranger.say(opening_bytes("ROUTER", "somebody") + message_bytes("listen to me"));
  EXPECT_TRUE(stranger.is_closed_by(*parent_));
  RawPeer worker(tcp_);
  worker.say(opening_bytes("ROUTER", "welcome") + message_bytes("hello"));
  expect_connected(*parent_);
  EXPECT_EQ(expect_message(*parent_), "hello");
  EXPECT_THAT(check->seen, ::testing::ElementsAre("somebody", "welcome"));
}

TEST_F(SpawnDoor, HostileOpeningsLeaveTheListenerAlone) {
  listen();
  const std::string good = opening_bytes("ROUTER");
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\n\r\n"), greeting_bytes("CURVE"), greeting_bytes("NULL", 1),
        opening_bytes("DEALER"), opening_bytes("PUB"), greeting_bytes() + std::string(200, '\xff'),
        greeting_bytes() + std::string("\x06\xff\xff\xff\xff\xff\xff\xff\xff", 9)}) {
    RawPeer hostile(tcp_);
    hostile.say(bytes);
    EXPECT_TRUE(hostile.is_closed_by(*parent_));
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    RawPeer cut(tcp_);
    cut.say(std::string_view(good).substr(0, size));
    cut.close();
    Pump(*parent_).step();
  }
  RawPeer worker(tcp_);
  worker.say(good);
  expect_connected(*parent_);
}

TEST_F(SpawnDoor, ManySilentConnectionsDoNotShutTheDoorForEver) {
  auto transport = std::make_unique<DirectTransport>(Role::parent, Limits{});
  transport->set_handshake_time(std::chrono::milliseconds(50));
  ASSERT_TRUE(
      transport->listen({.tcp = true, .unix_socket = false, .check = {}, .limits = {}}, nullptr)
          .ok());
  const Endpoint endpoint = transport->endpoints().at(0);
  std::vector<std::unique_ptr<RawPeer>> silent;
  for (std::size_t i = 0; i < Door::kMaxApplicants + 8; ++i) {
    silent.push_back(std::make_unique<RawPeer>(endpoint));
  }
  RawPeer worker(endpoint);
  worker.say(opening_bytes("ROUTER"));
  expect_connected(*transport);
}

TEST_F(SpawnDoor, ASlowHandshakeIsGivenUp) {
  auto transport = std::make_unique<DirectTransport>(Role::parent, Limits{});
  transport->set_handshake_time(std::chrono::milliseconds(30));
  ASSERT_TRUE(
      transport->listen({.tcp = true, .unix_socket = false, .check = {}, .limits = {}}, nullptr)
          .ok());
  RawPeer slow(transport->endpoints().at(0));
  const std::string bytes = opening_bytes("ROUTER");
  for (const char byte : bytes.substr(0, 70)) {
    slow.say(std::string_view(&byte, 1));
    Pump(*transport).step();
  }
  EXPECT_TRUE(slow.is_closed_by(*transport));
}

/// How many timers of this process are still to fire.
std::size_t armed_timers() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
    std::ifstream info(entry.path());
    for (std::string line; std::getline(info, line);) {
      if (line.starts_with("it_value:") && line != "it_value: (0, 0)") ++count;
    }
  }
  return count;
}

TEST(AfterTheHandshake, NoTimerIsLeftToWakeAnIdleProcess) {
  for (const auto kind : {Endpoint::Kind::unix_socket, Endpoint::Kind::tcp}) {
    const SpawnPair pair(kind);
    EXPECT_EQ(armed_timers(), 0u);
  }
}

TEST_F(SpawnDoor, AnswersPing) {
  listen();
  RawPeer worker(tcp_);
  worker.say(opening_bytes("ROUTER"));
  expect_connected(*parent_);
  const std::string opening = Handshake(Role::parent, {}).output();
  worker.say(command_frame("PING", std::string("\x00\x0aping", 6)));
  const std::string heard = worker.hear(opening.size() + 11, parent_.get());
  EXPECT_EQ(heard.substr(opening.size()), command_frame("PONG", "ping"));
}

TEST_F(SpawnDoor, AnErrorOrNonsenseAfterTheHandshakeEndsTheConnection) {
  for (const auto& [bytes, reason] : std::vector<std::pair<std::string, std::string>>{
           {command_frame("ERROR",
                          "\x04"
                          "full"),
            "ended the connection: full"},
           {std::string("\x04\x00", 2), "malformed command"},
           {std::string("\x80\x00", 2), "flags that ZMTP 3 does not have"},
           {message_bytes("cut").substr(0, 5), "in the middle of a message"}}) {
    listen();
    RawPeer worker(tcp_);
    worker.say(opening_bytes("ROUTER") + message_bytes("first") + bytes);
    worker.close();
    expect_connected(*parent_);
    EXPECT_EQ(expect_message(*parent_), "first");
    EXPECT_THAT(expect(*parent_, Kind::lost).reason, HasSubstr(reason));
  }
}

class ServiceDoor : public ::testing::Test {
 protected:
  ServiceDoor() {
    auto listening = make_direct_factory()->listen_as_worker({}, {});
    EXPECT_TRUE(listening.ok());
    worker_ = std::move(listening->transport);
    endpoint_ = listening->endpoints.at(0);
  }
  std::unique_ptr<Transport> connect() const {
    return make_direct_factory()->connect_as_parent(endpoint_, {}).value();
  }

  std::unique_ptr<Transport> worker_;
  Endpoint endpoint_;
};

/// Connects both ends; the worker's reader is this thread, the parent's another.
PeerId join(Transport& worker, Transport& parent, PeerId& to_worker) {
  std::thread other([&] { to_worker = expect_connected(parent); });
  const PeerId peer = expect_connected(worker);
  other.join();
  return peer;
}

TEST_F(ServiceDoor, ServesManyParentsAndAnswersTheRightOne) {
  constexpr std::size_t kParents = 5;
  std::vector<std::unique_ptr<Transport>> parents;
  std::vector<PeerId> at_parent(kParents), at_worker;
  for (std::size_t i = 0; i < kParents; ++i) {
    parents.push_back(connect());
    at_worker.push_back(join(*worker_, *parents[i], at_parent[i]));
  }
  for (std::size_t i = 0; i < kParents; ++i) {
    send(*parents[i], at_parent[i], "call of " + std::to_string(i));
  }
  for (std::size_t i = 0; i < kParents; ++i) {
    const Event call = expect(*worker_, Kind::message);
    send(*worker_, call.peer, std::string(call.payload.as_text()) + ", answered");
  }
  for (std::size_t i = 0; i < kParents; ++i) {
    EXPECT_EQ(expect_message(*parents[i]), "call of " + std::to_string(i) + ", answered");
  }
  parents[2].reset();
  EXPECT_EQ(expect(*worker_, Kind::lost).peer, at_worker[2]);
  send(*parents[4], at_parent[4], "still here");
  EXPECT_EQ(expect_message(*worker_), "still here");
}

TEST_F(ServiceDoor, ABusyParentDoesNotStarveAnother) {
  const auto busy = connect(), modest = connect();
  PeerId busy_peer{}, modest_peer{};
  const PeerId from_busy = join(*worker_, *busy, busy_peer);
  const PeerId from_modest = join(*worker_, *modest, modest_peer);
  const Flusher flusher(*busy);
  for (int i = 0; i < 5000; ++i) send(*busy, busy_peer, "many");
  send(*modest, modest_peer, "one");
  int before = 0;
  for (;; ++before) {
    const Event event = expect(*worker_, Kind::message);
    if (event.peer == from_modest) break;
    ASSERT_EQ(event.peer, from_busy);
  }
  EXPECT_LE(before, 3 * 64) << "64 messages a turn (R3)";
}

TEST_F(ServiceDoor, AParentThatDoesNotReadHoldsUpNobodyElse) {
  const auto deaf = connect(), other = connect();
  PeerId deaf_peer{}, other_peer{};
  const PeerId to_deaf = join(*worker_, *deaf, deaf_peer);
  join(*worker_, *other, other_peer);
  for (int i = 0; i < 30; ++i) send(*worker_, to_deaf, std::string(1'000'000, 'x'));
  send(*deaf, deaf_peer, "not read, since my queue is full");
  send(*other, other_peer, "call");
  const Event call = expect(*worker_, Kind::message);
  EXPECT_EQ(call.payload.as_text(), "call");
  send(*worker_, call.peer, "answer");
  EXPECT_EQ(expect_message(*other), "answer");
  std::thread reader([&] {
    for (int i = 0; i < 30; ++i) EXPECT_EQ(expect_message(*deaf).size(), 1'000'000u);
  });
  EXPECT_EQ(expect_message(*worker_), "not read, since my queue is full");
  EXPECT_TRUE(worker_->finish(guard()));
  reader.join();
}

TEST_F(ServiceDoor, AParentConnectsAgainByItself) {
  const auto parent = connect();
  PeerId peer{};
  join(*worker_, *parent, peer);
  const Endpoint place = endpoint_;
  worker_.reset();
  EXPECT_EQ(expect(*parent, Kind::lost).peer, peer);
  auto listening = make_direct_factory()->listen_as_worker(place, {});
  ASSERT_TRUE(listening.ok()) << listening.failure().message();
  worker_ = std::move(listening->transport);
  PeerId again{};
  join(*worker_, *parent, again);
  EXPECT_NE(again, peer) << "each connection is an epoch (R4)";
  EXPECT_EQ(send(*parent, peer, "for the old one"), Sent::gone);
  EXPECT_EQ(send(*parent, again, "for the new one"), Sent::taken);
  EXPECT_EQ(expect_message(*worker_), "for the new one");
}

TEST_F(ServiceDoor, ATakenPortIsReported) {
  const auto second = make_direct_factory()->listen_as_worker(endpoint_, {});
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.failure().message(),
              HasSubstr("cannot listen on 127.0.0.1:" + std::to_string(endpoint_.port) +
                        ": Address already in use"));
}

TEST(Connecting, AWorkerTriesForAWhileAndThenSaysWhy) {
  Endpoint nowhere{
      .kind = Endpoint::Kind::unix_socket, .host = {}, .path = "/no/such/socket", .token = {}};
  const auto worker = make_direct_factory()->connect_as_worker(nowhere, {}).value();
  const Event lost = expect(*worker, Kind::lost);
  EXPECT_EQ(lost.peer, PeerId::none);
  EXPECT_THAT(lost.reason,
              HasSubstr("cannot connect to the Unix socket '/no/such/socket': No such file"));
}

TEST(Connecting, NamesAreNotResolved) {
  const auto connecting = begin_connect({.host = "localhost", .port = 1, .path = {}, .token = {}});
  ASSERT_FALSE(connecting.ok());
  EXPECT_THAT(connecting.failure().message(), HasSubstr("'localhost' is not a numeric address"));
  Endpoint too_long{
      .kind = Endpoint::Kind::unix_socket, .host = {}, .path = std::string(200, 'p'), .token = {}};
  EXPECT_THAT(begin_connect(too_long).failure().message(), HasSubstr("must have 1 to 107 bytes"));
}

}  // namespace
}  // namespace multifrost::transport::direct
