// What a guard does beyond what holds without one (process_child_test.cc): it finds whoever has
// left, survives what is meant for others, and never stands in the way (R7).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "forked_process.h"
#include "process/pidfd.h"
#include "process/process_stat.h"
#include "process_support.h"

namespace multifrost::process {
namespace {

using namespace std::chrono_literals;

class GuardTest : public ::testing::Test {
 protected:
  ChildProcess start(const std::string& text, std::chrono::nanoseconds stop = 0ns) {
    SpawnRequest request = shell(text);
    request.guard = GuardOrder{stop, 60s};
    return spawner_.start(request).value();
  }
  static pid_t guard_of(const ChildProcess& child) { return read_stat(child.pid())->parent; }

  Spawner spawner_;
};

/// Leaves the session, the group and every parent, ignores what can be ignored, and prints its pid.
const std::string kLeaveDaemon =
    "setsid sh -c 'trap \"\" TERM INT HUP; sleep 1000 & echo $!' & wait $!; ";

UniqueFd daemon_of(ChildProcess& child) {
  UniqueFd daemon = open_pidfd(std::stoi(read_line(child.pipes().out)));
  EXPECT_TRUE(daemon);
  EXPECT_FALSE(wait_readable(daemon.get(), 0));
  return daemon;
}

TEST_F(GuardTest, EndsWhoHasLeftWhenTheChildEnds) {
  auto child = start(kLeaveDaemon + "read line; exit 5");
  const UniqueFd daemon = daemon_of(child);
  child.pipes().lifeline.reset();
  EXPECT_EQ(wait_for_end(child).code, 5);
  EXPECT_TRUE(wait_readable(daemon.get(), 0)) << "gone before the end is told";
  EXPECT_EQ(read_all(child.pipes().out), "") << "nobody holds the output";
}

TEST_F(GuardTest, TellsOfTheChildsEndBeforeAllOthersHaveEnded) {
  auto child = start(kLeaveDaemon + "read line; exit 5");
  const pid_t daemon = std::stoi(read_line(child.pipes().out));
  // However dead, he stays until his tracer has looked.
  ASSERT_EQ(::ptrace(PTRACE_SEIZE, daemon, nullptr, nullptr), 0);
  child.pipes().lifeline.reset();
  ASSERT_TRUE(wait_readable(child.leader_descriptor()));
  char word;
  EXPECT_EQ(::recv(child.leader_descriptor(), &word, 1, 0), 1) << "not just the guard's own end";
  EXPECT_EQ(::waitpid(daemon, nullptr, __WALL), daemon);
  EXPECT_EQ(wait_for_end(child).code, 5);
}

TEST_F(GuardTest, EndsALongLineOfThem) {
  auto child = start(
      "setsid sh -c 'setsid sh -c \"sleep 1000 & setsid sleep 1000 & wait\" & setsid "
      "sleep 1000 & wait' & " +
      kLeaveDaemon + "read line; kill -9 $$");
  const UniqueFd daemon = daemon_of(child);
  child.pipes().lifeline.reset();
  EXPECT_EQ(wait_for_end(child).signal, SIGKILL);
  EXPECT_EQ(read_all(child.pipes().out), "");
}

TEST_F(GuardTest, SigkillEndsAll) {
  auto child = start(kLeaveDaemon + "trap '' TERM; while :; do sleep 1; done");
  const UniqueFd daemon = daemon_of(child);
  EXPECT_TRUE(child.signal(SIGKILL));
  EXPECT_EQ(wait_for_end(child).signal, SIGKILL);
  EXPECT_TRUE(wait_readable(daemon.get(), 0));
}

TEST_F(GuardTest, IsDeafToSignalsThatAreMeantForOthers) {
  auto child = start("read line; exit 6");
  const pid_t guard = guard_of(child);
  EXPECT_NE(::getpgid(guard), child.pid()) << "the worker's group is not its own";
  EXPECT_NE(::getpgid(guard), ::getpgrp()) << "nor is a terminal's";
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1}) {
    EXPECT_EQ(::kill(guard, number), 0);
  }
  child.pipes().lifeline.reset();
  EXPECT_EQ(wait_for_end(child).code, 6);
}

TEST_F(GuardTest, HoldsNoDescriptorButItsOwn) {
  auto child = start("exec >&- 2>&-; read line");
  EXPECT_EQ(read_all(child.pipes().out), "") << "only the child has held it";
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(guard_of(child)) + "/fd")) {
    const std::string target = std::filesystem::read_symlink(entry.path());
    EXPECT_THAT(target, ::testing::AnyOf(
                            ::testing::HasSubstr("socket:"), ::testing::HasSubstr("[signalfd]"),
                            ::testing::HasSubstr("pidfd"), ::testing::HasSubstr("children")));
  }
}

TEST_F(GuardTest, IsSmall) {
  auto child = start("read line");
  std::ifstream file("/proc/" + std::to_string(guard_of(child)) + "/statm");
  std::size_t size = 0, resident = 0;
  ASSERT_TRUE(file >> size >> resident);
  EXPECT_LT(resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)), 256u << 10);
}

TEST_F(GuardTest, ReapsThoseWhoEndBefore) {
  auto child = start("setsid sh -c 'sleep 0 & echo $!' & wait; read line");
  const pid_t orphan = std::stoi(read_line(child.pipes().out));
  // A zombie would stay for as long as the child runs.
  while (read_stat(orphan)) std::this_thread::yield();
  EXPECT_FALSE(child.try_reap());
}

TEST_F(GuardTest, AStoppedOneDoesNotHoldUpTheDestructor) {
  auto child = start("read line");
  ASSERT_EQ(::kill(guard_of(child), SIGSTOP), 0);
  const UniqueFd worker = open_pidfd(child.pid());
  { const ChildProcess gone = std::move(child); }
  EXPECT_TRUE(wait_readable(worker.get(), 0));
}

TEST_F(GuardTest, WhenItIsKilledTheChildDiesWithIt) {
  auto child = start("read line");
  const UniqueFd worker = open_pidfd(child.pid());
  ASSERT_EQ(::kill(guard_of(child), SIGKILL), 0);
  EXPECT_EQ(wait_for_end(child).signal, SIGKILL);
  EXPECT_TRUE(wait_readable(worker.get()));
}

/// A process in between that starts `text` beneath a guard, and is killed once it has said `ready`.
/// With `heir` a copy of it lives on, and holds whatever it had open.
void kill_parent_of(const std::string& text, std::chrono::nanoseconds stop, bool heir,
                    const std::function<void()>& judge) {
  struct Said {
    pid_t child, copy, daemon;
  };
  OtherProcess between([&](const OtherProcess& self) {
    Spawner own;
    SpawnRequest request = shell(text);
    request.guard = GuardOrder{stop, 60s};
    auto child = own.start(request).value();
    const pid_t copy = heir ? ::fork() : 0;
    if (heir && copy == 0) ::pause();
    self.tell(Said{child.pid(), copy, std::stoi(read_line(child.pipes().out))});
    ::pause();
    return true;
  });
  const auto said = between.heard<Said>();
  const UniqueFd child = open_pidfd(said.child), daemon = open_pidfd(said.daemon);
  const UniqueFd guard = open_pidfd(read_stat(said.child)->parent);
  ASSERT_TRUE(child && daemon && guard);
  between.kill();
  EXPECT_TRUE(wait_readable(child.get()));
  EXPECT_TRUE(wait_readable(daemon.get()));
  EXPECT_TRUE(wait_readable(guard.get())) << "the guard goes last";
  if (heir) ::kill(said.copy, SIGKILL);
  judge();
}

TEST_F(GuardTest, AKilledParentsChildMayEndByItsLifeline) {
  const TemporaryFolder folder;
  const std::string mark = folder.path() / "ended";
  kill_parent_of(kLeaveDaemon + "trap 'exit 1' TERM; read line; echo orderly > " + mark, 60s, false,
                 [&] { EXPECT_TRUE(std::filesystem::exists(mark)); });
}

TEST_F(GuardTest, ElseItGetsSigtermWhoeverHoldsItsLifeline) {
  const TemporaryFolder folder;
  const std::string mark = folder.path() / "told";
  kill_parent_of("trap 'echo told > " + mark + "; exit' TERM; " + kLeaveDaemon + "read line; exit",
                 0s, true, [&] { EXPECT_TRUE(std::filesystem::exists(mark)); });
}

TEST_F(GuardTest, SaysWhyTheProgramDoesNotStart) {
  SpawnRequest request = shell("");
  request.guard = GuardOrder{};
  request.working_directory = "/no/such/folder";
  EXPECT_THAT(spawner_.start(request).failure().message(),
              ::testing::HasSubstr("working directory '/no/such/folder': No such file"));
  request.working_directory.clear();
  request.limits.assign(17, {RLIMIT_CORE, 0});
  EXPECT_THAT(spawner_.start(request).failure().message(),
              ::testing::HasSubstr("resource limits: Invalid argument"));
}

}  // namespace
}  // namespace multifrost::process
