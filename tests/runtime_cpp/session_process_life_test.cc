// How a worker process begins, lives and ends in its parent's eyes, over the real transport, also
// beneath a guard.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "multifrost/error.h"
#include "session_process_support.h"

namespace multifrost {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

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

TEST_P(SessionProcess, ACrashedWorkerIsReplaced) {
  options_.auto_restart = true;
  const auto worker = started();
  const Value first = worker.call("pid");
  EXPECT_EQ(first, Value(worker.process_id().value())) << "its own, whatever stands in between";
  const auto killed = failure_of(worker.try_call("kill", {}));
  EXPECT_EQ(killed.code(), ErrorCode::worker_exited) << killed.message();
  EXPECT_EQ(killed.exit_status()->signal, SIGKILL);
  const Value second = worker.call("pid");  // waits for it
  EXPECT_NE(second, first);
  EXPECT_EQ(second, Value(worker.process_id().value()));
  EXPECT_TRUE(worker.is_healthy());
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

TEST_P(SessionProcess, StartsAndClosesOfSeveralThreadsEndAllCallsAndLeaveNothing) {
  auto worker = spawn();
  {
    std::vector<std::jthread> threads;
    for (int starter = 0; starter < 3; ++starter) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          const auto begun = worker.try_start();
          if (!begun.ok()) {
            EXPECT_EQ(begun.failure().code(), ErrorCode::closed) << begun.failure().message();
          }
          const auto sum = worker.try_call("add", {i, 1});
          if (!sum.ok()) {
            EXPECT_EQ(sum.failure().code(), ErrorCode::closed) << sum.failure().message();
          }
        }
      });
    }
    for (int closer = 0; closer < 2; ++closer) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          static_cast<void>(worker.try_call("add", {i, 1}));
          worker.close();
        }
      });
    }
  }
  worker.close();
  EXPECT_FALSE(worker.process_id().has_value());
  const Metrics metrics = worker.metrics();
  EXPECT_EQ(metrics.total_calls, metrics.successful_calls + metrics.failed_calls);
  worker.start();
  EXPECT_EQ(worker.call("add", 1, 2), Value(3));
}

TEST_P(SessionProcess, CloseEndsCallsInFlight) {
  options_.stop_deadline = 50ms;
  auto worker = started();
  auto pending = worker.start_call("hang", {});
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
  } else if (GetParam().transport == TransportKind::direct ||
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

}  // namespace
}  // namespace multifrost
