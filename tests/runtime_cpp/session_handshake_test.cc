// The interface handshake between a parent and its worker (wire page, our own extensions).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session_parent_support.h"

namespace multifrost::session {
namespace {

using testing::HasSubstr;

constexpr Interface kOne{
    .name = "a.One", .name_space = "default", .version = "2", .fingerprint = "f1"};
constexpr Interface kTwo{.name = "a.Two", .name_space = "two", .version = "", .fingerprint = "f2"};

Value told(std::string_view name, std::string_view fingerprint) {
  return Value(Value::Map{{"name", name}, {"version", "1"}, {"fingerprint", fingerprint}});
}

class HandshakeTest : public ParentSessionTest {
 protected:
  /// Opens the session with a worker that tells of `served` (null: of nothing); what it asked for.
  Value open_with(Value served, Result<void>& outcome) {
    session();
    std::jthread opener([&] { outcome = session().open(); });
    worker_->connect();
    const auto beat = worker_->next("heartbeat");
    Value::Map extras{{"v", 1}};
    if (!served.is_null()) extras.push_back({"iface", std::move(served)});
    worker_->deliver(
        message_of("heartbeat", beat.id(),
                   {{"metadata", Value::Map{{"hb_response", true}, {"mf", std::move(extras)}}}}));
    return beat.value["metadata"]["mf"]["iface"];
  }
  Failure refused(Value served) {
    Result<void> outcome = {};
    open_with(std::move(served), outcome);
    EXPECT_FALSE(outcome.ok());
    return outcome.ok() ? Failure(ErrorCode::internal, Execution::unknown, "") : outcome.failure();
  }
  void taken(Value served) {
    Result<void> outcome = {};
    open_with(std::move(served), outcome);
    EXPECT_TRUE(outcome.ok());
  }
};

TEST_F(HandshakeTest, AsksForWhatItsClientsExpect) {
  ASSERT_TRUE(channel().expect(kOne).ok());
  Result<void> outcome = {};
  const Value asked = open_with(told("a.One", "f1"), outcome);
  EXPECT_TRUE(outcome.ok());
  EXPECT_EQ(asked, Value(Value::Map{{"name", "a.One"}, {"version", "2"}, {"fingerprint", "f1"}}));
}

TEST_F(HandshakeTest, SeveralClientsAskForAListAndTakeOne) {
  ASSERT_TRUE(channel().expect(kOne).ok());
  ASSERT_TRUE(channel().expect(kTwo).ok());
  ASSERT_TRUE(channel().expect(kOne).ok());
  Result<void> outcome = {};
  const Value asked =
      open_with(Value(Value::Array{told("a.Two", "f2"), told("a.One", "f1")}), outcome);
  EXPECT_TRUE(outcome.ok());
  EXPECT_EQ(asked.as_array().size(), 2u);
}

TEST_F(HandshakeTest, AnotherVersionEndsTheStart) {
  ASSERT_TRUE(channel().expect(kOne).ok());
  const Failure failure = refused(told("a.One", "f0"));
  EXPECT_EQ(failure.code(), ErrorCode::interface_mismatch);
  EXPECT_THAT(failure.message(), HasSubstr("a.One version 2 (fingerprint f1)"));
  EXPECT_THAT(failure.message(), HasSubstr("scripted serves a.One version 1 (fingerprint f0)"));
  EXPECT_EQ(session().state(), ChannelState::idle);
  next_incarnation();  // a good one: the session can be started again
  taken(told("a.One", "f1"));
}

TEST_F(HandshakeTest, AnotherInterfaceEndsTheStart) {
  ASSERT_TRUE(channel().expect(kOne).ok());
  EXPECT_THAT(refused(told("a.Three", "f3")).message(), HasSubstr("does not serve a.One"));
}

TEST_F(HandshakeTest, AWorkerThatTellsNothingIsTaken) {
  ASSERT_TRUE(channel().expect(kOne).ok());
  taken(Value());
  EXPECT_TRUE(channel().expect(kTwo).ok());
}

TEST_F(HandshakeTest, OddTellingIsNone) {
  ASSERT_TRUE(channel().expect(kOne).ok());
  taken(Value("nonsense"));
}

TEST_F(HandshakeTest, ALateClientIsRefusedAndTheWorkerGoesOnServing) {
  taken(told("a.One", "f1"));
  EXPECT_TRUE(channel().expect(kOne).ok());
  const auto outcome = channel().expect(kTwo);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure().code(), ErrorCode::interface_mismatch);
  auto call = start("f");
  answer(worker_->next("call").id(), 7);
  EXPECT_EQ(call.get(), Value(7));
}

TEST_F(HandshakeTest, CheckInterfaceOffTakesAnyWorker) {
  options_.check_interface = false;
  ASSERT_TRUE(channel().expect(kOne).ok());
  taken(told("a.One", "f0"));
}

TEST_F(HandshakeTest, AWorkerThatComesBackIsAskedAgain) {
  options_.auto_restart = true;
  options_.max_restart_attempts = 1;
  options_.restart_backoff.first = std::chrono::milliseconds(1);
  ASSERT_TRUE(channel().expect(kOne).ok());
  taken(told("a.One", "f1"));
  const auto former = worker_;
  next_incarnation();
  former->lose();
  worker_->connect();
  const auto beat = worker_->next("heartbeat");
  EXPECT_EQ(beat.value["metadata"]["mf"]["iface"]["name"], Value("a.One"));
  auto call = start("f");  // waits for the worker that comes back
  worker_->deliver(message_of(
      "heartbeat", beat.id(),
      {{"metadata",
        Value::Map{{"hb_response", true}, {"mf", Value::Map{{"iface", told("a.One", "f0")}}}}}}));
  const auto outcome = call.try_get();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure().execution(), Execution::not_executed);
}

}  // namespace
}  // namespace multifrost::session
