// What stands around a parent and its worker: wrappers, strangers, grandchildren, a host program
// with habits of its own (R6, R7).
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "chaos_support.h"
#include "process_support.h"

namespace multifrost::chaos {
namespace {

using namespace std::chrono_literals;

ParentWorker started(const std::string& script, std::vector<std::string> arguments = {},
                     SpawnOptions options = {}) {
  options.arguments = std::move(arguments);
  if (!options.output) options.output = std::make_shared<SilentSink>();
  auto worker = ParentWorker::spawn(script, {}, options);
  worker.start();
  return worker;
}

Failure failure_of(const Result<Value>& outcome) {
  EXPECT_FALSE(outcome.ok());
  return outcome.ok() ? Failure(ErrorCode::internal, Execution::unknown, "none")
                      : outcome.failure();
}

/// Works behind the wrapper, is gone when the wrapper is closed, and its end is seen.
void expect_full_service(ParentWorker worker) {
  const auto inner = static_cast<pid_t>(worker.call("pid").as_int());
  EXPECT_NE(inner, worker.process_id()) << "a process in between";
  EXPECT_EQ(worker.call("echo", "through"), Value("through"));
  auto stuck = worker.start_call("hang", {});
  ::kill(inner, SIGKILL);
  const auto failure = failure_of(stuck.try_get());
  EXPECT_TRUE(failure.code() == ErrorCode::worker_exited || failure.code() == ErrorCode::connection)
      << failure.message();
  worker.start();
  const auto next = static_cast<pid_t>(worker.call("pid").as_int());
  worker.close();
  EXPECT_NE(::kill(next, 0), 0) << "it lives on behind its wrapper";
}

TEST(ChaosSurroundings, AShellInBetween) {
  expect_full_service(started("/bin/sh", {"-c", "\"$0\"; exit $?", CHAOS_WORKER}));
}

TEST(ChaosSurroundings, ANodeScriptThatStartsAnotherInBetween) {
  expect_full_service(started(CHAOS_SCRIPTS "/wrapper.js", {CHAOS_WORKER}));
}

TEST(ChaosSurroundings, AGrandchildThatHoldsTheOutputHoldsUpNobody) {
  auto worker = started(CHAOS_WORKER);
  const auto grandchild = static_cast<pid_t>(worker.call("leave_grandchild").as_int());
  auto stuck = worker.start_call("hang", {});
  ::kill(worker.process_id().value(), SIGKILL);
  EXPECT_EQ(failure_of(stuck.try_get()).code(), ErrorCode::worker_exited);
  worker.start();
  EXPECT_EQ(worker.call("echo", 1), Value(1)) << "a new worker, with pipes of its own";
  const auto second = static_cast<pid_t>(worker.call("leave_grandchild").as_int());
  worker.close();
  EXPECT_EQ(::kill(grandchild, SIGKILL), 0) << "it was there all the time";
  EXPECT_EQ(::kill(second, SIGKILL), 0);
}

TEST(ChaosSurroundings, AStrangerOnTheOtherLoopbackGetsNobody) {
  const auto worker = started(CHAOS_WORKER, {"--stranger"});
  EXPECT_EQ(worker.call("echo", "right"), Value("right"));
  EXPECT_EQ(worker.call("guests_of_stranger"), Value(0));
}

TEST(ChaosSurroundings, AHostThatIgnoresSigchldLosesOnlyTheStatus) {
  ::signal(SIGCHLD, SIG_IGN);
  {
    auto worker = started(CHAOS_WORKER);
    auto stuck = worker.start_call("hang", {});
    const pid_t pid = worker.process_id().value();
    ::kill(pid, SIGKILL);
    EXPECT_EQ(failure_of(stuck.try_get()).code(), ErrorCode::worker_exited);
    EXPECT_EQ(::kill(pid, 0), -1);
    worker.start();
    EXPECT_EQ(worker.call("echo", 1), Value(1));
  }
  EXPECT_FALSE(has_children());
  ::signal(SIGCHLD, SIG_DFL);
}

TEST(ChaosSurroundings, AServiceInsideAWorkerJoinsNoParent) {
  const process::TemporaryFolder registry;
  const auto worker = started(CHAOS_WORKER);
  worker.call("start_service", "inside", registry.path().string());
  const auto service =
      ParentWorker::connect("inside", {.timeout = 20s, .registry_folder = registry.path()});
  EXPECT_EQ(service.call("whose"), Value("the service's"));
  EXPECT_EQ(worker.call("echo", "mine"), Value("mine"));
  EXPECT_EQ(failure_of(worker.try_call("whose", {})).code(), ErrorCode::function_not_found);
}

}  // namespace
}  // namespace multifrost::chaos
