// What these libraries can do wrong: sockets that do not fit, security that we do not have, a
// missing token. Each is refused, and whoever is right comes in all the same.
#include <gmock/gmock.h>

#include "meeting.h"

namespace multifrost::transport::direct {
namespace {

using ::testing::HasSubstr;
using Options = std::vector<std::string>;

/// Somebody who must not come in.
void expect_refused(EchoReader& reader, PeerProcess& peer) {
  EXPECT_EQ(reader.line_of(peer), "refused");
  EXPECT_TRUE(reader.nobody_came());
}

class Refusal : public ::testing::TestWithParam<Endpoint::Kind> {};
INSTANTIATE_TEST_SUITE_P(Sockets, Refusal,
                         ::testing::Values(Endpoint::Kind::tcp, Endpoint::Kind::unix_socket),
                         [](const auto& one) {
                           return one.param == Endpoint::Kind::tcp ? "tcp" : "unix";
                         });

Listening parent_listening() {
  return make_direct_factory()
      ->listen_as_parent({.tcp = true, .unix_socket = true, .check = {}, .limits = {}})
      .value();
}

Endpoint endpoint_of_kind(const Listening& listening, Endpoint::Kind kind) {
  for (const Endpoint& endpoint : listening.endpoints) {
    if (endpoint.kind == kind) return endpoint;
  }
  ADD_FAILURE() << "no such endpoint";
  return {};
}

void expect_served(Transport& parent, PeerId worker) {
  send(parent, worker, "call");
  EXPECT_EQ(expect_message(parent), "call");
}

TEST_P(Refusal, AParentTakesOnlyARouter) {
  const Listening listening = parent_listening();
  Endpoint endpoint = endpoint_of_kind(listening, GetParam());
  EchoReader reader(*listening.transport);
  std::vector<std::unique_ptr<PeerProcess>> wrong;
  for (const char* socket : {"dealer", "req", "sub"}) {
    if (socket == std::string("sub")) endpoint.token.clear();  // it has no identity to set
    wrong.push_back(peer_at(endpoint, socket, {"watch=yes"}));
    expect_refused(reader, *wrong.back());
  }
  const auto right = peer_at(endpoint_of_kind(listening, GetParam()), "router");
  expect_served(*listening.transport, reader.connected());
}

TEST_P(Refusal, AWorkerTakesOnlyDealers) {
  const auto listening =
      make_direct_factory()->listen_as_worker(free_place(GetParam()), {}).value();
  const Endpoint& endpoint = listening.endpoints.at(0);
  EchoReader reader(*listening.transport);
  std::vector<std::unique_ptr<PeerProcess>> wrong;
  for (const char* socket : {"router", "sub"}) {
    wrong.push_back(peer_at(endpoint, socket, {"watch=yes"}));
    expect_refused(reader, *wrong.back());
  }
  const auto right = peer_at(endpoint, "dealer");
  reader.connected();
  EXPECT_EQ(reader.obeys(*right, "sequential 100 call"), "ok");
}

TEST(RefusalOfAStranger, AtAUnixSocketWithoutItsToken) {
  const Listening listening = parent_listening();
  const Endpoint right = endpoint_of_kind(listening, Endpoint::Kind::unix_socket);
  EchoReader reader(*listening.transport);
  for (const Options& options : {Options{"watch=yes"}, Options{"watch=yes", kUuid}}) {
    Endpoint wrong = right;
    wrong.token.clear();
    const auto stranger = peer_at(wrong, "router", options);
    expect_refused(reader, *stranger);
  }
  const auto worker = peer_at(right, "router");
  expect_served(*listening.transport, reader.connected());
}

TEST(RefusalByAWorker, SaysWhichSocketItMet) {
  const auto peer = peer_binding({}, "router");
  const auto worker =
      make_direct_factory()->connect_as_worker(endpoint_of(peer->endpoint()), {}).value();
  EXPECT_THAT(expect(*worker, Event::Kind::lost).reason,
              HasSubstr("the peer is a ROUTER socket; a parent is a DEALER"));
}

class Mechanism : public ::testing::TestWithParam<std::string> {
 protected:
  std::string option() const { return "mechanism=" + GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(Mechanisms, Mechanism, ::testing::Values("plain", "curve"),
                         [](const auto& one) { return one.param; });

TEST_P(Mechanism, IsRefusedByAParentThatListens) {
  const Listening listening = parent_listening();
  const Endpoint endpoint = endpoint_of_kind(listening, Endpoint::Kind::tcp);
  EchoReader reader(*listening.transport);
  const auto wrong = peer_at(endpoint, "router", {"watch=yes", option()});
  expect_refused(reader, *wrong);
  const auto right = peer_at(endpoint, "router");
  expect_served(*listening.transport, reader.connected());
}

TEST_P(Mechanism, IsRefusedByAWorkerThatListens) {
  const auto listening = make_direct_factory()->listen_as_worker({}, {}).value();
  EchoReader reader(*listening.transport);
  const auto wrong = peer_at(listening.endpoints.at(0), "dealer", {"watch=yes", option()});
  expect_refused(reader, *wrong);
  const auto right = peer_at(listening.endpoints.at(0), "dealer");
  reader.connected();
  EXPECT_EQ(reader.obeys(*right, "sequential 100 call"), "ok");
}

TEST_P(Mechanism, IsGivenAsTheReasonByAWorkerThatConnects) {
  const auto peer = peer_binding({}, "dealer", {option()});
  const auto worker =
      make_direct_factory()->connect_as_worker(endpoint_of(peer->endpoint()), {}).value();
  // By its name, where the library says it before it closes.
  EXPECT_THAT(expect(*worker, Event::Kind::lost).reason, HasSubstr("security mechanism"));
}

}  // namespace
}  // namespace multifrost::transport::direct
