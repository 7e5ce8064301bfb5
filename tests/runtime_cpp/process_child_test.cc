// Real processes: how they start, what they inherit, how they end (R7), and that all of it is the
// same beneath a guard.
#include "process/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <thread>

#include "forked_process.h"
#include "process/pidfd.h"
#include "process_support.h"

namespace multifrost::process {
namespace {

using ::testing::HasSubstr;

std::set<std::string> open_descriptors() {
  std::set<std::string> open;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone);
    if (!gone) open.insert(entry.path().filename().string() + " " + target.string());
  }
  return open;
}

bool has_children() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

bool is_alive(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(stat)), {});
  const std::size_t end = text.rfind(')');
  return end != std::string::npos && text.substr(end + 2, 1) != "Z";
}

class ChildTest : public ::testing::TestWithParam<bool> {
 protected:
  ChildProcess start(const SpawnRequest& request) { return start_by(spawner_, request).value(); }
  static Result<ChildProcess> start_by(Spawner& spawner, SpawnRequest request) {
    if (GetParam())
      request.guard = GuardOrder{std::chrono::nanoseconds(0), std::chrono::seconds(5)};
    return spawner.start(request);
  }

  Spawner spawner_;
};

INSTANTIATE_TEST_SUITE_P(With, ChildTest, ::testing::Bool(),
                         [](const auto& given) { return given.param ? "Guard" : "NoGuard"; });

TEST_P(ChildTest, ReportsTheExitCode) {
  for (const int code : {0, 1, 77, 255}) {
    auto child = start(shell("exit " + std::to_string(code)));
    const ExitStatus status = wait_for_end(child);
    EXPECT_EQ(status.code, code);
    EXPECT_FALSE(status.signal);
  }
}

TEST_P(ChildTest, ReportsTheSignal) {
  auto child = start(shell("kill -ABRT $$"));
  const ExitStatus status = wait_for_end(child);
  EXPECT_EQ(status.signal, SIGABRT);
  EXPECT_FALSE(status.code);
}

TEST_P(ChildTest, SaysNothingWhileItRuns) {
  auto child = start(shell("read line"));
  EXPECT_FALSE(child.try_reap());
  EXPECT_FALSE(child.reaped());
  EXPECT_TRUE(child.signal(SIGTERM));
  EXPECT_EQ(wait_for_end(child).signal, SIGTERM);
  EXPECT_TRUE(child.reaped());
  EXPECT_FALSE(child.signal(SIGTERM)) << "a reaped pid belongs to nobody";
  EXPECT_EQ(child.try_reap()->signal, SIGTERM) << "repeatable";
}

TEST_P(ChildTest, HandsItsOutputOver) {
  auto child = start(shell("echo out; echo err >&2"));
  EXPECT_EQ(read_all(child.pipes().out), "out\n");
  EXPECT_EQ(read_all(child.pipes().err), "err\n");
  EXPECT_EQ(wait_for_end(child).code, 0);
}

TEST_P(ChildTest, PassesABigOutputWhole) {
  auto child = start(shell("head -c 3000000 /dev/zero | tr '\\0' x"));
  EXPECT_EQ(read_all(child.pipes().out), std::string(3'000'000, 'x'));
}

TEST_P(ChildTest, ClosingTheLifelineEndsWhatReadsIt) {
  auto child = start(shell("read line; echo ended"));
  child.pipes().lifeline.reset();
  EXPECT_EQ(read_all(child.pipes().out), "ended\n");
  EXPECT_EQ(wait_for_end(child).code, 0);
}

TEST_P(ChildTest, TheLifelineReachesThroughWrappers) {
  auto child = start(shell("sh -c 'read line; echo inner ended; exit 3'; exit $?"));
  child.pipes().lifeline.reset();
  EXPECT_EQ(read_all(child.pipes().out), "inner ended\n");
  EXPECT_EQ(wait_for_end(child).code, 3);
}

TEST_P(ChildTest, LeadsItsOwnProcessGroup) {
  auto child = start(shell("read line"));
  EXPECT_EQ(::getpgid(child.pid()), child.pid());
}

TEST_P(ChildTest, SignalsReachTheWholeGroup) {
  auto child = start(shell("sleep 1000 & echo $!; wait"));
  const pid_t grandchild = std::stoi(read_line(child.pipes().out));
  ASSERT_TRUE(is_alive(grandchild));
  EXPECT_TRUE(child.signal(SIGKILL));
  EXPECT_EQ(read_all(child.pipes().out), "") << "the end of file shows that both are gone";
  EXPECT_EQ(wait_for_end(child).signal, SIGKILL);
}

TEST_P(ChildTest, ReapingKillsWhatTheLeaderLeftInItsGroup) {
  auto child = start(shell("sleep 1000 & exit 5"));
  EXPECT_EQ(wait_for_end(child).code, 5);
  EXPECT_EQ(read_all(child.pipes().out), "");
}

TEST_P(ChildTest, AGrandchildElsewhereMayHoldTheOutput) {
  // In a session of its own it survives, and so does the pipe: the end of file must not be waited
  // for.
  auto child = start(shell("setsid sh -c 'echo $$; exec sleep 1000' & read line; exit 0"));
  const pid_t grandchild = std::stoi(read_line(child.pipes().out));
  child.pipes().lifeline.reset();
  EXPECT_EQ(wait_for_end(child).code, 0);
  // … unless there is a guard.
  if (!GetParam()) {
    EXPECT_EQ(read_pipe(child.pipes().out, [](std::string_view) {}), PipeState::open);
    ::kill(grandchild, SIGKILL);
  }
  EXPECT_EQ(read_all(child.pipes().out), "");
}

TEST_P(ChildTest, DestroyingItKillsAndReaps) {
  pid_t pid = 0;
  {
    auto child = start(shell("trap '' TERM; echo ready; while :; do sleep 1; done"));
    EXPECT_EQ(read_line(child.pipes().out), "ready");
    pid = child.pid();
  }
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_FALSE(has_children());
}

TEST_P(ChildTest, DestroyingAnEndedOneReapsItAsWell) {
  {
    auto child = start(shell("exit 0"));
    EXPECT_TRUE(wait_readable(child.exit_descriptor()));
  }
  EXPECT_FALSE(has_children());
}

TEST_P(ChildTest, LeavesNeitherDescriptorsNorZombies) {
  start(shell("exit 0"));  // starts the spawner's thread
  const auto before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    auto child = start(shell("exit 0"));
    if (i % 2 == 0) wait_for_end(child);
  }
  SpawnRequest bad = shell("");
  bad.program = "/no/such/program";
  EXPECT_FALSE(start_by(spawner_, bad).ok());
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_FALSE(has_children());
}

TEST_P(ChildTest, InheritsNoDescriptorButItsThree) {
  int leaked[2];
  ASSERT_EQ(::pipe(leaked), 0);  // not close-on-exec, as careless programs do
  const UniqueFd read_end(leaked[0]), write_end(leaked[1]);
  auto child = start(shell("exec ls /proc/self/fd"));
  EXPECT_EQ(read_all(child.pipes().out), "0\n1\n2\n3\n") << "3 is the folder that ls reads";
}

TEST_P(ChildTest, StartsWithOrdinarySignals) {
  const auto old_handler = ::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked, before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  auto child = start(shell("exec grep -E '^Sig(Blk|Ign):' /proc/self/status"));
  const std::string status = read_all(child.pipes().out);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGPIPE, old_handler);
  EXPECT_EQ(status, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_P(ChildTest, GetsExactlyTheGivenEnvironmentAndArguments) {
  SpawnRequest request;
  request.program = "/bin/sh";
  request.arguments = {"name", "-c",  "echo \"$0|$1|$2|$ONLY\"; env | grep -c HOME",
                       "zero", "a b", ""};
  request.environment = {"ONLY=this", "PATH=/usr/bin:/bin"};
  auto child = start(request);
  EXPECT_EQ(read_all(child.pipes().out), "zero|a b||this\n0\n");
}

TEST_P(ChildTest, StartsInItsWorkingDirectory) {
  const TemporaryFolder folder;
  SpawnRequest request = shell("pwd");
  request.working_directory = folder.path().string();
  auto child = start(request);
  EXPECT_EQ(read_all(child.pipes().out), folder.path().string() + "\n");
}

TEST_P(ChildTest, GetsItsLimits) {
  SpawnRequest request = shell("ulimit -n");
  request.limits = {{RLIMIT_NOFILE, 77}};
  auto child = start(request);
  EXPECT_EQ(read_all(child.pipes().out), "77\n");
}

std::string refusal(const Result<ChildProcess>& child) {
  if (child.ok()) return "started";
  EXPECT_EQ(child.failure().code(), ErrorCode::spawn);
  EXPECT_EQ(child.failure().execution(), Execution::not_executed);
  EXPECT_FALSE(has_children()) << "a failed start leaves a zombie";
  return child.failure().message();
}

TEST_P(ChildTest, SaysWhyItCannotStart) {
  const TemporaryFolder folder;
  SpawnRequest request = shell("");

  request.program = "/no/such/program";
  EXPECT_THAT(
      refusal(start_by(spawner_, request)),
      HasSubstr("cannot start '/no/such/program': No such file or directory; the file, or the "
                "interpreter that its first line names, does not exist"));
  request.program = folder.file("orphan", "#!/no/such/interpreter\n", 0755);
  EXPECT_THAT(refusal(start_by(spawner_, request)),
              HasSubstr("interpreter that its first line names"));
  request.program = folder.file("plain", "text", 0644);
  EXPECT_THAT(refusal(start_by(spawner_, request)), HasSubstr("make it executable (chmod +x)"));
  request.program = folder.file("format", "no program", 0755);
  EXPECT_THAT(refusal(start_by(spawner_, request)),
              HasSubstr("it is no program and has no #! line"));

  request = shell("");
  request.working_directory = "/no/such/folder";
  EXPECT_THAT(refusal(start_by(spawner_, request)),
              HasSubstr("working directory '/no/such/folder': No such file or directory"));
  request = shell("");
  request.arguments.emplace_back(4'000'000, 'x');
  EXPECT_THAT(refusal(start_by(spawner_, request)), HasSubstr("too long"));
}

TEST_P(ChildTest, DiesWithTheProcessThatStartedIt) {
  // A process in between starts a child that ignores its lifeline, tells us its pid, and is killed.
  OtherProcess between([](const OtherProcess& self) {
    Spawner own;
    auto child = start_by(own, shell("exec sleep 1000")).value();
    self.tell(child.pid());
    ::pause();
    return true;
  });
  const UniqueFd pidfd = open_pidfd(between.heard<pid_t>());
  ASSERT_TRUE(pidfd);
  between.kill();
  EXPECT_TRUE(wait_readable(pidfd.get()));
}

TEST_P(ChildTest, ManyThreadsStartAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      auto child = start(shell("exit " + std::to_string(i)));
      EXPECT_EQ(wait_for_end(child).code, i);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(has_children());
}

TEST_P(ChildTest, SignallingAndReapingRaceSafely) {
  for (int round = 0; round < 20; ++round) {
    auto child = start(shell("exit 0"));
    std::thread other([&] {
      while (child.signal(0)) std::this_thread::yield();
    });
    EXPECT_EQ(wait_for_end(child).code, 0);
    other.join();
  }
}

}  // namespace
}  // namespace multifrost::process
