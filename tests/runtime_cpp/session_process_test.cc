// A parent and a worker, each a real process, over the real transport: what a user of the dynamic
// API meets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "multifrost/error.h"
#include "multifrost/parent_worker.h"
#include "multifrost/runtime.h"

namespace multifrost {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

/// Collects lines; waits for them.
class Lines final : public OutputSink {
 public:
  void line(Stream stream, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    lines_.push_back((stream == Stream::err ? "err " : "out ") + std::string(text));
    arrived_.notify_all();
  }
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, 20s, [&] { return lines_.size() >= count; });
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::string> lines_;
};

class SessionProcess : public testing::TestWithParam<TransportKind> {
 protected:
  ParentWorker spawn(const std::string& script = MFGEN_TEST_WORKER) {
    return ParentWorker::spawn(script, {}, options_, &runtime_);
  }
  ParentWorker started() {
    auto worker = spawn();
    worker.start();
    return worker;
  }

  Runtime runtime_{{.transport = GetParam()}};
  std::shared_ptr<Lines> lines_ = std::make_shared<Lines>();
  SpawnOptions options_{.output = lines_};
};

INSTANTIATE_TEST_SUITE_P(Over, SessionProcess,
                         testing::Values(TransportKind::direct, TransportKind::libzmq),
                         [](const auto& given) {
                           return given.param == TransportKind::direct ? "Direct" : "Libzmq";
                         });

Failure failure_of(const Result<Value>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? Failure(ErrorCode::internal, Execution::unknown, "no failure")
                     : result.failure();
}

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
  const auto slow = failure_of(worker.with({.timeout = 30ms}).try_call("sleep_ms", {300}));
  EXPECT_EQ(slow.code(), ErrorCode::timeout);
  EXPECT_EQ(slow.execution(), Execution::unknown);
  EXPECT_THAT(slow.message(), StartsWith("sleep_ms: no reply in 30 ms; the worker is alive"));
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
  EXPECT_EQ(failure_of(worker.try_call("sleep_ms", {200})).code(), ErrorCode::timeout);
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
    // So long that its answer cannot be there first, however late this thread looks.
    auto expiring = worker.with({.timeout = 1ms}).start_call("sleep_ms", {200});
    EXPECT_EQ(failure_of(expiring.try_get()).code(), ErrorCode::timeout);
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

TEST_P(SessionProcess, DeathOfTheWorkerEndsCallsInFlight) {
  auto worker = started();
  auto waiting = worker.start_call("sleep_ms", {60'000});
  const int pid = worker.process_id().value();
  ::kill(pid, SIGKILL);
  const auto killed = failure_of(waiting.try_get());
  EXPECT_EQ(killed.code(), ErrorCode::worker_exited);
  EXPECT_EQ(killed.execution(), Execution::unknown);
  ASSERT_TRUE(killed.exit_status().has_value());
  EXPECT_EQ(killed.exit_status()->signal, SIGKILL);
  // R5: latched until start().
  const auto latched = failure_of(worker.try_call("add", {1, 2}));
  EXPECT_EQ(latched.code(), ErrorCode::circuit_open);
  EXPECT_EQ(latched.execution(), Execution::not_executed);
  worker.start();
  EXPECT_EQ(worker.call("add", 1, 2), Value(3));
}

TEST_P(SessionProcess, AnExitBringsStatusAndLastOutput) {
  const auto worker = started();
  try {
    worker.call("exit", 7);
    FAIL() << "the worker has exited";
  } catch (const WorkerExitedError& error) {
    EXPECT_EQ(error.exit_status().code, 7);
    EXPECT_THAT(error.exit_status().last_output, HasSubstr("going down"));
    EXPECT_THAT(error.message(), HasSubstr("exit status 7"));
  }
}

TEST_P(SessionProcess, LifecycleIsRepeatable) {
  auto worker = spawn();
  EXPECT_EQ(failure_of(worker.try_call("add", {1, 2})).code(), ErrorCode::not_started);
  EXPECT_FALSE(worker.process_id().has_value());
  for (int round = 0; round < 3; ++round) {
    worker.start();
    worker.start();
    EXPECT_EQ(worker.call("add", round, 1), Value(round + 1));
    worker.close();
    worker.stop();
    EXPECT_EQ(failure_of(worker.try_call("add", {1, 2})).code(), ErrorCode::closed);
    EXPECT_FALSE(worker.process_id().has_value());
  }
}

TEST_P(SessionProcess, CloseEndsCallsInFlight) {
  auto worker = started();
  options_.stop_deadline = 50ms;
  auto pending = worker.start_call("sleep_ms", {500});
  std::jthread closer([&] { worker.close(); });
  EXPECT_EQ(failure_of(pending.try_get()).code(), ErrorCode::closed);
}

TEST_P(SessionProcess, AStuckWorkerIsKilledByTheDestructor) {
  options_.stop_deadline = 20ms;
  options_.kill_deadline = 20ms;
  int pid = 0;
  {
    const auto worker = started();
    static_cast<void>(worker.start_call("hang", {}));
    pid = worker.process_id().value();
  }
  EXPECT_EQ(::kill(pid, 0), -1) << "reaped";
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

TEST_P(SessionProcess, AMissingProgramIsASpawnError) {
  auto worker = spawn("no/such/worker.py");
  EXPECT_THROW(worker.start(), SpawnError);
  EXPECT_EQ(failure_of(worker.try_call("add", {1, 2})).code(), ErrorCode::not_started);
}

TEST_P(SessionProcess, AProgramThatIsNoWorkerSaysSo) {
  auto ends = spawn("/bin/true");
  EXPECT_EQ(ends.try_start().failure().code(), ErrorCode::worker_exited);
  options_.start_timeout = 100ms;
  options_.arguments = {"60"};
  auto sleeps = spawn("/bin/sleep");
  const auto silent = sleeps.try_start().failure();
  EXPECT_EQ(silent.code(), ErrorCode::connection);
  EXPECT_THAT(silent.message(), HasSubstr("did not connect within 100 ms"));
}

TEST_P(SessionProcess, AWorkerWithABadPortExitsAndSaysWhy) {
  for (const char* port : {"", "abc", "80", "70000"}) {
    options_.arguments = {"-u", "MULTIFROST_ENDPOINT", std::string("COMLINK_ZMQ_PORT=") + port,
                          MFGEN_TEST_WORKER};
    const auto failure = spawn("/usr/bin/env").try_start().failure();
    ASSERT_TRUE(failure.exit_status().has_value()) << failure.message();
    EXPECT_EQ(failure.exit_status()->code, 1);
    EXPECT_THAT(failure.exit_status()->last_output, HasSubstr("is not a port from 1024 to 65535"));
  }
}

TEST_P(SessionProcess, SigtermEndsTheWorkerWithEveryCallAnswered) {
  const auto worker = started();
  auto call = worker.start_call("until_stopped", {});
  ::kill(worker.process_id().value(), SIGTERM);
  // Which of the two depends on whether the handler had begun; the connection is never just lost.
  const auto result = call.try_get();
  if (result.ok()) {
    EXPECT_EQ(*result, Value("stopped"));
  } else if (GetParam() == TransportKind::direct ||
             result.failure().code() != ErrorCode::worker_exited) {
    // (libzmq sends on a thread of its own, so the call may leave after the worker has ended.)
    EXPECT_EQ(result.failure().code(), ErrorCode::shutting_down) << result.failure().message();
    EXPECT_EQ(result.failure().execution(), Execution::not_executed);
  }
}

TEST_P(SessionProcess, OutputComesInLines) {
  const auto worker = started();
  worker.call("say", "one\ntwo");
  worker.call("say", "three");
  EXPECT_THAT(lines_->wait_for(3), testing::ElementsAre("out one", "out two", "out three"));
}

TEST_P(SessionProcess, UnderAPublishedParentOutputComesAsMessages) {
  // Without MULTIFROST_STDIO the worker must not rely on its pipes being read.
  const auto worker = [&] {
    options_.arguments = {"-u", "MULTIFROST_STDIO", MFGEN_TEST_WORKER};
    auto wrapped = spawn("/usr/bin/env");
    wrapped.start();
    return wrapped;
  }();
  worker.call("say", "as a message");
  EXPECT_THAT(lines_->wait_for(1), testing::ElementsAre("out as a message"));
}

TEST_P(SessionProcess, TheParentsVariablesNeverReachAGrandchild) {
  options_.environment["GREETING"] = "hello";
  const auto worker = started();
  EXPECT_EQ(worker.call("environment", "GREETING"), Value("hello"));
  for (const char* name : {"COMLINK_ZMQ_PORT", "COMLINK_WORKER_MODE", "MULTIFROST_STDIO"}) {
    EXPECT_TRUE(worker.call("environment", name).is_null()) << name;
  }
  EXPECT_EQ(worker.call("nested_add", 20, 3), Value(23)) << "parent and worker at once";
}

TEST_P(SessionProcess, LargeValuesTravel) {
  const auto worker = started();
  const std::string large(5u << 20, 'x');
  EXPECT_EQ(worker.call("echo", large).as_string(), large);
}

TEST_P(SessionProcess, AChildOfForkGetsATypedError) {
  const auto worker = started();
  const pid_t child = ::fork();
  if (child == 0) {
    const auto result = worker.try_call("add", {1, 2});
    ::_exit(!result.ok() && result.failure().code() == ErrorCode::wrong_process ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(worker.call("add", 1, 2), Value(3));
}

// Another thread may hold any lock at the moment of the fork.
TEST_P(SessionProcess, AChildOfForkAsksForNoLock) {
  const auto worker = started();
  const std::jthread holds_locks([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) static_cast<void>(worker.metrics());
  });
  for (int round = 0; round < 50; ++round) {
    auto before = worker.start_call("add", {1, 2});
    const pid_t child = ::fork();
    if (child == 0) {
      ::alarm(20);  // ends a child that waits for a lock
      const auto result = worker.try_call("add", {1, 2});
      const auto pending = before.try_get();
      const auto wrong = [](const auto& outcome) {
        return !outcome.ok() && outcome.failure().code() == ErrorCode::wrong_process;
      };
      ::_exit(wrong(result) && (pending.ok() || wrong(pending)) ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    EXPECT_EQ(before.get(), Value(3));
  }
}

}  // namespace
}  // namespace multifrost
