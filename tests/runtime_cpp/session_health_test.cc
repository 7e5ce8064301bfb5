// What a parent does about a worker that fails: circuit breaker, restart, metrics (spec 7, R5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session_parent_support.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class HealthTest : public ParentSessionTest {
 protected:
  void fail_one(std::string_view error = "ValueError: no") {
    auto call = start("f");
    worker_->deliver(message_of("error", worker_->next("call").id(), {{"error", error}}));
    EXPECT_FALSE(call.try_get().ok());
  }
  void succeed_once() {
    auto call = start("f");
    answer(worker_->next("call").id(), 1);
    EXPECT_EQ(call.get(), Value(1));
  }
  Failure refused() {
    const auto outcome = start("f").try_get();
    EXPECT_FALSE(outcome.ok());
    return outcome.failure();
  }
  /// With probe_by_call: the first call that is not refused, once the probe's time has come.
  Pending<Value> let_through(CallOptions options = {}) {
    for (;;) {
      auto call = start("f", options);
      if (!call.ready()) return call;
    }
  }
  /// The next worker that a restart will find, before the one at hand goes.
  std::shared_ptr<FakeTransport> replace() {
    auto former = worker_;
    next_incarnation();
    return former;
  }
};

TEST_F(HealthTest, SoManyFailuresInARowOpenTheCircuit) {
  open();
  for (int i = 0; i < 4; ++i) fail_one();
  succeed_once();
  for (int i = 0; i < 4; ++i) fail_one();
  EXPECT_FALSE(session().circuit_open());
  EXPECT_TRUE(session().healthy());
  fail_one();
  EXPECT_TRUE(session().circuit_open());
  EXPECT_FALSE(session().healthy());
  EXPECT_EQ(session().state(), ChannelState::open_circuit);
  const auto failure = refused();
  EXPECT_EQ(failure.code(), ErrorCode::circuit_open);
  EXPECT_EQ(failure.execution(), Execution::not_executed);
  EXPECT_THAT(failure.message(), HasSubstr("5 calls in a row have failed"));
  EXPECT_EQ(session().metrics().circuit_trips, 1u);
  EXPECT_EQ(session().metrics().refused_calls, 1u);
}

TEST_F(HealthTest, AnAnsweredProbeClosesTheCircuit) {
  options_.heartbeat_interval = 0ns;  // no heartbeat but probes
  options_.circuit.threshold = 1;
  open();
  fail_one();
  EXPECT_TRUE(session().circuit_open());
  echo();
  while (session().circuit_open()) std::this_thread::yield();
  succeed_once();
}

TEST_F(HealthTest, MissedHeartbeatsOpenTheCircuit) {
  options_.heartbeat_interval = 1ms;
  options_.heartbeat_timeout = 500ms;  // open() answers the first one within it
  options_.heartbeat_max_misses = 1;
  open();
  while (!HasFailure() && !session().circuit_open()) std::this_thread::yield();
  EXPECT_THAT(refused().message(), HasSubstr("does not answer heartbeats"));
}

TEST_F(HealthTest, ResetClosesTheCircuitAtOnce) {
  options_.circuit.threshold = 1;
  open();
  fail_one();
  EXPECT_TRUE(session().circuit_open());
  session().reset_circuit();
  EXPECT_FALSE(session().circuit_open());
  succeed_once();
}

TEST_F(HealthTest, MistakesOfTheCallerCountOnlyToTheLetter) {
  options_.circuit.threshold = 1;
  open();
  fail_one("Function 'f' not found");
  EXPECT_FALSE(session().circuit_open());
  channel_.reset();

  options_.circuit.literal_counting = true;
  next_incarnation();
  open();
  fail_one("Function 'f' not found");
  EXPECT_TRUE(session().circuit_open());
}

TEST_F(HealthTest, ToTheLetterACallIsTheProbe) {
  options_.circuit.threshold = 1;
  options_.circuit.probe_by_call = true;
  options_.heartbeat_interval = 1ms;
  open();
  fail_one();
  echo();  // of an ordinary heartbeat, which closes nothing
  worker_->next("heartbeat");
  EXPECT_TRUE(session().circuit_open());
  std::optional<Pending<Value>> probe(let_through());
  const auto failing = worker_->next("call").id();
  worker_->deliver(message_of("error", failing, {{"error", "ValueError: no"}}));
  EXPECT_FALSE(probe->try_get().ok());
  EXPECT_TRUE(session().circuit_open());
  probe.emplace(let_through());
  answer(worker_->next("call").id(), 1);
  EXPECT_EQ(probe->get(), Value(1));
  EXPECT_FALSE(session().circuit_open());
  succeed_once();
}

TEST_F(HealthTest, ToTheLetterOneCallAtATimeIsLetThrough) {
  options_.circuit.threshold = 1;
  options_.circuit.probe_by_call = true;
  options_.heartbeat_interval = 0ns;
  open();
  auto older = start("older");
  const auto older_id = worker_->next("call").id();
  fail_one();
  // Longer than what lies between two probes.
  auto probe = let_through({.timeout = 1200ms});
  worker_->next("call");
  worker_->deliver(message_of("error", older_id, {{"error", "ValueError: no"}}));
  EXPECT_FALSE(older.try_get().ok());
  while (!probe.ready()) {
    ASSERT_TRUE(start("second").ready()) << "a second one while the first is out";
  }
  EXPECT_EQ(probe.try_get().failure().code(), ErrorCode::timeout);
  EXPECT_EQ(worker_->waiting(), 0u) << "nothing but the probe has travelled";
  EXPECT_TRUE(session().circuit_open());
}

TEST_F(HealthTest, ToTheLetterAProbeThatIsNeverSentMakesWayForTheNext) {
  options_.circuit.threshold = 1;
  options_.circuit.probe_by_call = true;
  options_.heartbeat_interval = 0ns;
  open();
  fail_one();
  worker_->be_full(true);
  auto unsent = let_through();
  unsent.cancel();
  EXPECT_EQ(unsent.try_get().failure().execution(), Execution::not_executed);
  worker_->be_full(false);
  auto probe = let_through();
  answer(worker_->next("call").id(), 1);
  EXPECT_EQ(probe.get(), Value(1));
  EXPECT_FALSE(session().circuit_open());
}

TEST_F(HealthTest, ADisabledCircuitNeverOpens) {
  options_.circuit.enabled = false;
  open();
  for (int i = 0; i < 20; ++i) fail_one();
  EXPECT_FALSE(session().circuit_open());
}

TEST_F(HealthTest, WithoutRestartTheEndOfTheWorkerIsLatched) {
  open();
  worker_->lose();
  while (!session().circuit_open()) std::this_thread::yield();
  EXPECT_EQ(refused().code(), ErrorCode::circuit_open);
  EXPECT_EQ(supply_.launches, 1);
  session().reset_circuit();
  EXPECT_FALSE(session().circuit_open());
  EXPECT_EQ(refused().code(), ErrorCode::not_started);
  next_incarnation();
  open();
  succeed_once();
}

TEST_F(HealthTest, ARestartTakesOverWhatWasNotSent) {
  options_.auto_restart = true;
  options_.restart_backoff.first = 1ms;
  open();
  auto sent = start("sent");
  worker_->next("call");
  worker_->be_full(true);
  auto queued = start("queued");
  replace()->lose(100);
  const auto failure = sent.try_get().failure();
  EXPECT_EQ(failure.code(), ErrorCode::connection);
  EXPECT_EQ(failure.execution(), Execution::unknown);
  auto later = start("later");
  worker_->connect();
  echo();
  const auto first = worker_->next("call");
  const auto second = worker_->next("call");
  EXPECT_EQ(first.value["function"], Value("queued"));
  EXPECT_EQ(second.value["function"], Value("later"));
  answer(first.id(), 1);
  answer(second.id(), 2);
  EXPECT_EQ(queued.get(), Value(1));
  EXPECT_EQ(later.get(), Value(2));
  EXPECT_FALSE(session().circuit_open());
  EXPECT_EQ(session().state(), ChannelState::ready);
}

TEST_F(HealthTest, CallsThatWaitForARestartKeepTheirDeadlines) {
  options_.auto_restart = true;
  options_.restart_backoff = {.first = 1h, .longest = 1h};
  open();
  worker_->lose();
  while (session().state() != ChannelState::restarting) std::this_thread::yield();
  const auto failure = start("f", {.timeout = 1ms}).try_get().failure();
  EXPECT_EQ(failure.code(), ErrorCode::timeout);
  EXPECT_EQ(failure.execution(), Execution::not_executed);
}

TEST_F(HealthTest, ExhaustedAttemptsAreLatchedAndEndWhatWaits) {
  options_.auto_restart = true;
  options_.max_restart_attempts = 3;
  options_.restart_backoff.first = 1ms;
  open();
  auto lost = start("f");
  worker_->next("call");
  worker_->be_full(true);
  auto queued = start("g");
  worker_->lose(100);  // and no worker is left
  EXPECT_EQ(lost.try_get().failure().execution(), Execution::unknown);
  EXPECT_EQ(queued.try_get().failure().execution(), Execution::not_executed);
  while (!session().circuit_open()) std::this_thread::yield();
  EXPECT_EQ(supply_.launches, 4);
  EXPECT_THAT(refused().message(), HasSubstr("after 3 restarts in a row"));
  next_incarnation();
  open();
  succeed_once();
}

TEST_F(HealthTest, CloseEndsARestartThatIsDue) {
  options_.auto_restart = true;
  options_.restart_backoff = {.first = 1h, .longest = 1h};
  open();
  worker_->lose();
  while (session().state() != ChannelState::restarting) std::this_thread::yield();
  auto waiting = start("f");
  EXPECT_TRUE(session().close(1s).ok());
  EXPECT_EQ(waiting.try_get().failure().code(), ErrorCode::closed);
  EXPECT_EQ(session().state(), ChannelState::closed);
}

TEST_F(HealthTest, StartDoesNotWaitForTheBackoff) {
  options_.auto_restart = true;
  options_.restart_backoff = {.first = 1h, .longest = 1h};
  open();
  worker_->lose();
  while (session().state() != ChannelState::restarting) std::this_thread::yield();
  next_incarnation();
  open();
  succeed_once();
}

TEST_F(HealthTest, MetricsCountEveryOutcomeOnce) {
  open();
  succeed_once();
  fail_one();
  auto late = start("f", {.timeout = 1ms});
  EXPECT_FALSE(late.try_get().ok());
  auto open_one = start("f");
  const Metrics now = session().metrics();
  EXPECT_EQ(now.total_calls, 4u);
  EXPECT_EQ(now.successful_calls, 1u);
  EXPECT_EQ(now.failed_calls, 2u);
  EXPECT_EQ(now.calls_in_flight, 1u);
  EXPECT_EQ(now.answered_calls, 2u);
  EXPECT_GT(now.p50_latency_ms, 0);
  ASSERT_TRUE(now.heartbeat_rtt_ms);
  EXPECT_EQ(session().last_round_trip().has_value(), true);
  session().reset_metrics();
  EXPECT_EQ(session().metrics().total_calls, 1u) << "the one in flight";
  open_one.cancel();
}

}  // namespace
}  // namespace multifrost::session
