// Another app id is a hard failure, at once and with the id that came (spec 9.1, 13.1); in both
// modes, over both transports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "multifrost/child_worker.h"
#include "multifrost/parent_worker.h"
#include "process_support.h"
#include "registry/registry.h"
#include "session_foreign_peer.h"
#include "session_parent_support.h"
#include "transport/direct/direct_factory.h"

namespace multifrost {
namespace {

using namespace std::chrono_literals;
using session::message_of;
using testing::AllOf;
using testing::HasSubstr;

const auto kNamesBoth = AllOf(HasSubstr("\"comlink_ipc_v4\""), HasSubstr("comlink_ipc_v3"));

Value foreign(std::string_view app) {
  return Value(Value::Map{
      {"app", app}, {"id", "1"}, {"type", "response"}, {"timestamp", 1.5}, {"result", 1}});
}

void expect_refusal(const Result<void>& outcome) {
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure().code(), ErrorCode::connection);
  EXPECT_EQ(outcome.failure().execution(), Execution::not_executed);
  EXPECT_THAT(outcome.failure().message(), kNamesBoth);
}

class ForeignSession : public session::ParentSessionTest {
 protected:
  ForeignSession() { options_.start_timeout = 1h; }
};

TEST_F(ForeignSession, EndsAStartAtOnceAndTheNextOneIsFree) {
  session();
  {
    std::jthread opener([this] { expect_refusal(session().open()); });
    worker_->connect();
    worker_->next("heartbeat");
    worker_->deliver(foreign("comlink_ipc_v4"));
  }
  EXPECT_EQ(session().state(), ChannelState::idle);
  next_incarnation();
  open();
  auto call = start("one");
  answer(worker_->next("call").id(), 7);
  EXPECT_EQ(call.get(), Value(7));
}

TEST_F(ForeignSession, EndsCallsThatWaitForTheStart) {
  session();
  std::jthread opener([this] { expect_refusal(session().open()); });
  worker_->connect();
  worker_->next("heartbeat");
  auto waits = start("one");
  worker_->deliver(foreign("comlink_ipc_v4"));
  EXPECT_EQ(waits.try_get().failure().execution(), Execution::not_executed);
}

TEST_F(ForeignSession, AStrayMessageDoesNotHarmAReadyWorker) {
  open();
  auto call = start("one");
  const std::string id = worker_->next("call").id();
  worker_->deliver(foreign("comlink_ipc_v4"));
  answer(id, 7);
  EXPECT_EQ(call.get(), Value(7));
  EXPECT_TRUE(session().healthy());
}

TEST_F(ForeignSession, WhateverTheIdIsItCanBeShown) {
  session();
  std::jthread opener([this] {
    const auto outcome = session().open();
    ASSERT_FALSE(outcome.ok());
    EXPECT_THAT(outcome.failure().message(), HasSubstr("…"));
    EXPECT_LT(outcome.failure().message().size(), 400u);
  });
  worker_->connect();
  worker_->deliver(foreign("\x1b[2J\n" + std::string(100'000, 'x')));
}

class ForeignPeer : public testing::TestWithParam<TransportKind> {
 protected:
  process::TemporaryFolder folder_;
  Runtime runtime_{{.transport = GetParam()}};
};

INSTANTIATE_TEST_SUITE_P(Over, ForeignPeer,
                         testing::Values(TransportKind::direct, TransportKind::libzmq),
                         [](const auto& given) {
                           return given.param == TransportKind::direct ? "Direct" : "Libzmq";
                         });

TEST_P(ForeignPeer, ASpawnedOneIsRefusedAtOnce) {
  const std::string becomes_ours = folder_.path() / "now";
  SpawnOptions options;
  options.start_timeout = 1h;
  options.arguments = {"comlink_ipc_v4", becomes_ours, MFGEN_TEST_WORKER};
  auto worker = ParentWorker::spawn(MFGEN_TEST_FOREIGNER, {}, options, &runtime_);
  expect_refusal(worker.try_start());
  EXPECT_EQ(worker.process_id(), std::nullopt);
  std::ofstream(becomes_ours).put('\n');
  worker.start();
  EXPECT_EQ(worker.call("add", 1, 2), Value(3));
}

TEST_P(ForeignPeer, AServiceIsRefusedAtOnce) {
  const std::string registry = folder_.path();
  const ChildOptions serving{
      .read_environment = false, .service_id = "odd", .registry_folder = registry};
  const ConnectOptions options{.timeout = 1h, .reconnect = false, .registry_folder = registry};
  const auto serve = [&](ChildWorker& worker) {
    worker.function("echo", [](std::vector<Value> values) { return values.at(0); });
    ASSERT_TRUE(worker.start().ok());
  };
  std::optional<ChildWorker> ours(std::in_place, serving, &runtime_);
  serve(*ours);
  auto parent = ParentWorker::connect("odd", options, &runtime_);
  parent.close();
  ours.reset();
  {
    auto listening = transport::make_direct_factory()->listen_as_worker({}, {}).value();
    const auto entry =
        registry::Registry(registry).add("odd", listening.endpoints.front().port).value();
    std::jthread foreigner([&] { answer_as_foreigner(*listening.transport, "comlink_ipc_v4"); });
    expect_refusal(parent.try_start());
    const auto other = ParentWorker::try_connect("odd", options, &runtime_);
    ASSERT_FALSE(other.ok());
    EXPECT_THAT(other.failure().message(), kNamesBoth);
    listening.transport->stop_receiving();
  }
  ours.emplace(serving, &runtime_);
  serve(*ours);
  parent.start();
  EXPECT_EQ(parent.call("echo", "again"), Value("again"));
}

}  // namespace
}  // namespace multifrost
