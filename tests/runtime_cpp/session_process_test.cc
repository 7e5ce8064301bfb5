// A parent and a worker, each a real process, over the real transport: what a user of the dynamic
// API meets. How workers begin and end is session_process_life_test.cc's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "multifrost/error.h"
#include "multifrost/stop_token.h"
#include "session_process_support.h"

namespace multifrost {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

INSTANTIATE_TEST_SUITE_P(Over, SessionProcess,
                         testing::Values(Way{"Direct", TransportKind::direct, false},
                                         Way{"Libzmq", TransportKind::libzmq, false},
                                         Way{"Guarded", TransportKind::direct, true}),
                         [](const auto& given) { return std::string(given.param.name); });

TEST_P(SessionProcess, CallsAFunction) {
  const auto worker = started();
  EXPECT_EQ(worker.call("add", 1, 2), Value(3));
  EXPECT_EQ(worker.call("echo", "ü€😀"), Value("ü€😀"));
  EXPECT_TRUE(worker.call("nothing").is_null());
  EXPECT_TRUE(worker.call("echo", std::nan("")).is_null()) << "healed as spec 11.2 says";
}

TEST_P(SessionProcess, UntypedValuesAreHealedBothWays) {
  const auto worker = started();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(worker.call("is_null", std::nan("")), Value(true));
  EXPECT_EQ(worker.call("is_null", -infinity), Value(true));
  EXPECT_EQ(worker.call("as_text", UINT64_MAX), Value("9223372036854775807"));
  EXPECT_EQ(worker.call("holds_null", Value::Array{Value::Map{{"k", infinity}}}), Value(true));
  // As results: the worker has them as they are.
  EXPECT_EQ(worker.call("odd_value", "nan"), Value());
  EXPECT_EQ(worker.call("odd_value", "huge"), Value(INT64_MAX));
  EXPECT_EQ(worker.call("odd_value", "nested"),
            Value(Value::Array{Value::Map{{"k", nullptr}}, INT64_MAX}));
}

TEST_P(SessionProcess, RunsHandlersOnTheThreadThatCalledRun) {
  EXPECT_EQ(started().call("same_thread"), Value(true));
}

TEST_P(SessionProcess, AnswersWithTheExactErrorStrings) {
  const auto worker = started();
  const auto missing = failure_of(worker.try_call("absent", {}));
  EXPECT_EQ(missing.code(), ErrorCode::function_not_found);
  EXPECT_EQ(missing.execution(), Execution::not_executed);
  EXPECT_THAT(missing.message(), HasSubstr("Function 'absent' not found"));
  const auto hidden = failure_of(worker.try_call("_secret", {}));
  EXPECT_EQ(hidden.code(), ErrorCode::private_function);
  EXPECT_EQ(hidden.execution(), Execution::not_executed);
  EXPECT_THAT(hidden.message(), HasSubstr("Cannot call private method '_secret'"));
  const auto thrown = failure_of(worker.try_call("fail", {"no such item"}));
  EXPECT_EQ(thrown.code(), ErrorCode::remote);
  EXPECT_EQ(thrown.execution(), Execution::executed);
  EXPECT_EQ(thrown.remote_type(), "std::out_of_range");
  EXPECT_THAT(thrown.message(), HasSubstr("no such item"));
  EXPECT_EQ(failure_of(worker.try_call("throw_int", {})).remote_type(), "int");
  EXPECT_THROW(worker.call("fail", "x"), RemoteCallError);
  EXPECT_EQ(worker.call("add", 2, 2), Value(4)) << "usable after errors";
}

TEST_P(SessionProcess, OptionsOfWithDoNotStick) {
  const auto worker = started();
  EXPECT_EQ(worker.with({.name_space = "reverse"}).call("add", 5, 3), Value(2));
  EXPECT_EQ(worker.call("add", 5, 3), Value(8));
}

TEST_P(SessionProcess, TimesOutAndSaysWhy) {
  const auto worker = started();
  const auto slow = failure_of(worker.with({.timeout = 30ms}).try_call("until_stopped", {}));
  EXPECT_EQ(slow.code(), ErrorCode::timeout);
  EXPECT_EQ(slow.execution(), Execution::unknown);
  EXPECT_THAT(slow.message(), StartsWith("until_stopped: no reply in 30 ms; the worker is alive"));
  EXPECT_THAT(slow.message(), HasSubstr("result cannot be packed"));
  EXPECT_EQ(worker.call("add", 1, 1), Value(2)) << "the late answer disturbs nobody";
  // A namespace that nobody serves is met with silence (spec 3.3).
  const auto nowhere =
      failure_of(worker.with({.timeout = 30ms, .name_space = "nowhere"}).try_call("add", {1, 2}));
  EXPECT_EQ(nowhere.code(), ErrorCode::timeout);
}

TEST_P(SessionProcess, NamesTheNamespaceWhenNothingWasEverAnswered) {
  const auto worker = started();
  const auto nowhere =
      failure_of(worker.with({.timeout = 30ms, .name_space = "nowhere"}).try_call("add", {1, 2}));
  EXPECT_THAT(nowhere.message(), HasSubstr("'nowhere'"));
}

TEST_P(SessionProcess, TheDefaultTimeoutHoldsUnlessTheCallSaysOtherwise) {
  options_.default_timeout = 30ms;
  const auto worker = started();
  EXPECT_EQ(failure_of(worker.try_call("until_stopped", {})).code(), ErrorCode::timeout);
  EXPECT_EQ(worker.with({.timeout = 20s}).call("sleep_ms", 60), Value(60));
}

TEST_P(SessionProcess, TheWorkerLearnsTheDeadline) {
  const auto worker = started();
  EXPECT_TRUE(worker.call("deadline_ms").is_null());
  const auto left = worker.with({.timeout = 20s}).call("deadline_ms").as_int();
  EXPECT_GT(left, 0);
  EXPECT_LE(left, 20'000);
}

TEST_P(SessionProcess, AStopTokenCancelsAndReachesTheHandler) {
  const auto worker = started();
  std::stop_source source;
  auto pending = worker.with({.stop = source.get_token()}).start_call("until_stopped", {});
  std::jthread stopper([&] { source.request_stop(); });
  const auto cancelled =
      failure_of(worker.with({.stop = source.get_token()}).try_call("sleep_ms", {60'000}));
  EXPECT_EQ(cancelled.code(), ErrorCode::cancelled);
  EXPECT_EQ(failure_of(pending.try_get()).code(), ErrorCode::cancelled);
  // The handler was told, or this would wait for ever.
  EXPECT_EQ(worker.call("add", 1, 2), Value(3));
}

TEST_P(SessionProcess, AStoppedTokenSendsNothing) {
  const auto worker = started();
  std::stop_source source;
  source.request_stop();
  const auto cancelled =
      failure_of(worker.with({.stop = source.get_token()}).try_call("exit", {3}));
  EXPECT_EQ(cancelled.code(), ErrorCode::cancelled);
  EXPECT_EQ(cancelled.execution(), Execution::not_executed);
  EXPECT_EQ(worker.call("add", 1, 2), Value(3));
}

TEST_P(SessionProcess, ThePendingCallIsAnsweredInOrder) {
  const auto worker = started();
  std::vector<Pending<Value>> pending;
  for (int i = 0; i < 500; ++i) pending.push_back(worker.start_call("echo", {i}));
  for (int i = 0; i < 500; ++i) EXPECT_EQ(pending[static_cast<std::size_t>(i)].get(), Value(i));
}

TEST_P(SessionProcess, CallbacksMayCallSynchronously) {
  const auto worker = started();
  std::mutex mutex;
  std::condition_variable done;
  std::optional<Value> seen;
  worker.start_call("echo", {4}).then([&](Result<Value> result) {
    Value sum = worker.call("add", result.value(), 1);
    const std::lock_guard lock(mutex);
    seen = std::move(sum);
    done.notify_one();
  });
  std::unique_lock lock(mutex);
  ASSERT_TRUE(done.wait_for(lock, 20s, [&] { return seen.has_value(); }));
  EXPECT_EQ(*seen, Value(5));
}

TEST_P(SessionProcess, AbandonedCallsAndExpiredOnesHarmNobody) {
  options_.circuit.enabled = false;  // so many deadlines in a row would open it
  const auto worker = started();
  for (int i = 0; i < 50; ++i) {
    static_cast<void>(worker.start_call("echo", {i}));
    // Ends only when it is told of that deadline: no result can be there first, however late. (A
    // worker that was late itself may tell of the deadline before the parent sees to it.)
    auto expiring = worker.with({.timeout = 1ms}).start_call("until_stopped", {});
    EXPECT_THROW(expiring.get(), TimeoutError);
  }
  EXPECT_EQ(worker.call("add", 1, 2), Value(3));
}

TEST_P(SessionProcess, ManyThreadsShareOneWorker) {
  const auto worker = started();
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 250; ++i) {
          if (worker.call("add", t * 1000, i) != Value(t * 1000 + i)) ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
}

TEST_P(SessionProcess, WithConcurrencyHandlersRunAtOnce) {
  options_.arguments = {"--concurrency=4"};
  auto worker = started();
  std::vector<Pending<Value>> meeting;
  for (int i = 0; i < 4; ++i) meeting.push_back(worker.start_call("meet", {4}));
  for (auto& one : meeting) EXPECT_EQ(one.get(), Value(4));
  std::vector<Pending<Value>> sums;
  for (int i = 0; i < 1000; ++i) sums.push_back(worker.start_call("add", {i, 1}));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(sums[static_cast<std::size_t>(i)].get(), Value(i + 1));
  worker.close();
}

TEST_P(SessionProcess, LargeValuesTravel) {
  const auto worker = started();
  const std::string large(5u << 20, 'x');
  EXPECT_EQ(worker.call("echo", large).as_string(), large);
}

}  // namespace
}  // namespace multifrost
