// Workers beneath a guard: nobody whom they have started outlives them or their parent, wherever he
// has gone, and all else is as without one (R7, third promise).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>
#include <vector>

#include "family.h"
#include "process/pidfd.h"

namespace multifrost::chaos {
namespace {

using namespace std::chrono_literals;

using ChaosGuardedOrphans = Family;

/// A shell that leaves a daemon: without a parent, in a session of its own, deaf to all that can be
/// ignored, with our standard output open; then it does `then` itself.
std::string leave_daemon(const std::string& then) {
  return "setsid sh -c 'trap \"\" TERM INT HUP; sleep 1000 & exit'; " + then;
}

TEST_F(ChaosGuardedOrphans, NobodyAtAllOutlivesAKilledParent) {
  const auto parents = figure("CHAOS_GUARDED_PARENTS", 4);
  Random random;
  const std::vector<std::string> workers{
      "--",         CHAOS_WORKER, "--",
      "/bin/sh",    "-c",         leave_daemon("\"$0\"; exit $?"),
      CHAOS_WORKER, "--",         "foreign",
      "/bin/sh",    "-c",         leave_daemon("echo here; exec sleep 1000")};
  double longest = 0;
  for (std::int64_t i = 0; i < parents; ++i) {
    std::vector<std::string> options{"--guard"};
    if (i % 2 == 1) options.emplace_back("--busy");
    auto parent = start_parent(options, workers);
    if (i % 3 == 2) {
      // At any moment while it starts.
      process::wait_readable(parent.pipes().out.get(), static_cast<int>(random(0, 300)));
    } else {
      ASSERT_EQ(process::read_line(parent.pipes().out), "ready");
      wait_for_members(10);  // parent, guards, workers, shell, daemons
    }
    longest = std::max(longest, end_of_family(parent));
  }
  report("longest life after the parent's, ms", longest, "CHAOS_GUARDED_ORPHAN_MS");
}

class ChaosGuard : public testing::TestWithParam<bool> {
 protected:
  ChaosGuard() {
    options_.guard = true;
    options_.unix_socket = GetParam();
    options_.output = std::make_shared<SilentSink>();
  }
  ParentWorker started(const std::string& script = CHAOS_WORKER) const {
    auto worker = ParentWorker::spawn(script, {}, options_);
    worker.start();
    return worker;
  }

  SpawnOptions options_;
};

INSTANTIATE_TEST_SUITE_P(Over, ChaosGuard, testing::Bool(),
                         [](const auto& given) { return given.param ? "Unix" : "Tcp"; });

struct Watched {
  explicit Watched(const Value& pid)
      : pidfd(process::open_pidfd(static_cast<pid_t>(pid.as_int()))) {
    EXPECT_TRUE(pidfd) << pid.as_int();
  }
  bool lives() const { return !process::wait_readable(pidfd.get(), 0); }
  process::UniqueFd pidfd;
};

TEST_P(ChaosGuard, CloseEndsWhoeverTheWorkerHasLeft) {
  auto worker = started();
  const Watched daemon(worker.call("leave_daemon"));
  const Watched grandchild(worker.call("leave_grandchild"));
  EXPECT_EQ(worker.call("echo", "through"), Value("through"));
  EXPECT_TRUE(daemon.lives());
  worker.close();
  EXPECT_FALSE(daemon.lives());
  EXPECT_FALSE(grandchild.lives());
  EXPECT_FALSE(has_children());
}

TEST_P(ChaosGuard, ACrashedWorkerTakesThemAlongAndTellsHowItEnded) {
  auto worker = started();
  const Watched daemon(worker.call("leave_daemon"));
  const auto crash = worker.try_call("crash", {});
  ASSERT_FALSE(crash.ok());
  EXPECT_EQ(crash.failure().code(), ErrorCode::worker_exited) << crash.failure().message();
  ASSERT_TRUE(crash.failure().exit_status());
  EXPECT_EQ(crash.failure().exit_status()->signal, SIGABRT);
  EXPECT_THAT(crash.failure().exit_status()->last_output, testing::HasSubstr("about to crash"));
  EXPECT_FALSE(daemon.lives());
  worker.start();
  EXPECT_EQ(worker.call("echo", 1), Value(1)) << "the object serves again";
}

TEST_P(ChaosGuard, ACrashIsToldThoughWhomItHasLeftTakesLongToEnd) {
  auto worker = started();
  const auto daemon = static_cast<pid_t>(worker.call("leave_daemon").as_int());
  // However dead, he stays until his tracer has looked.
  ASSERT_EQ(::ptrace(PTRACE_SEIZE, daemon, nullptr, nullptr), 0);
  auto crash = worker.start_call("crash", {});
  crash.wait_for(700ms);  // longer than a lost connection alone is waited for
  EXPECT_EQ(::waitpid(daemon, nullptr, __WALL), daemon);
  const auto told = crash.try_get();
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.failure().code(), ErrorCode::worker_exited) << told.failure().message();
  ASSERT_TRUE(told.failure().exit_status());
  EXPECT_EQ(told.failure().exit_status()->signal, SIGABRT);
}

TEST_P(ChaosGuard, ARestartLeavesNobodyOfTheFormerWorker) {
  options_ = restarting();
  options_.guard = true;
  options_.unix_socket = GetParam();
  auto worker = started();
  const Watched daemon(worker.call("leave_daemon"));
  const auto first = worker.process_id().value();
  EXPECT_EQ(worker.call("pid"), Value(first)) << "the worker's, not the guard's";
  ::kill(first, SIGKILL);
  // It may still be sent to the killed one.
  auto answer = worker.try_call("pid", {});
  while (!answer.ok()) answer = worker.try_call("pid", {});
  EXPECT_NE(*answer, Value(first));
  EXPECT_FALSE(daemon.lives());
}

TEST_P(ChaosGuard, WorksBehindAShellAndEndsAStuckWorker) {
  options_.arguments = {"-c", "\"$0\"; exit $?", CHAOS_WORKER};
  options_.stop_deadline = 20ms;
  options_.kill_deadline = 20ms;
  auto worker = started("/bin/sh");
  const Watched inner(worker.call("pid"));
  const Watched daemon(worker.call("leave_daemon"));
  static_cast<void>(worker.start_call("hang", {}));
  worker.close();
  EXPECT_FALSE(inner.lives());
  EXPECT_FALSE(daemon.lives());
}

TEST_P(ChaosGuard, ManyStartsLeaveNothing) {
  const auto starts = figure("CHAOS_GUARDED_STARTS", 50);
  started();  // threads and descriptors that are made once
  const std::size_t descriptors = open_descriptors();
  for (std::int64_t i = 0; i < starts; ++i) {
    const auto worker = started();
    EXPECT_EQ(worker.call("echo", i), Value(i));
  }
  EXPECT_FALSE(has_children()) << "a zombie, or a guard that was left";
  // The last transport goes with the last thread that holds it.
  const auto limit = std::chrono::steady_clock::now() + 30s;
  while (open_descriptors() > descriptors && std::chrono::steady_clock::now() < limit) {
    std::this_thread::yield();
  }
  EXPECT_LE(open_descriptors(), descriptors);
}

}  // namespace
}  // namespace multifrost::chaos
