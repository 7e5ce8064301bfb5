// What remains when the system or the program takes something away: clone, pidfd, SIGCHLD, or,
// after fork(), the process itself (R7, R10).
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "forked_process.h"
#include "process/exec_plan.h"
#include "process_support.h"

namespace multifrost::process {
namespace {

struct Streams {
  Streams() {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    out.reset(ends[0]);
    child_out.reset(ends[1]);
    EXPECT_EQ(::pipe(ends), 0);
    child_in.reset(ends[0]);
    lifeline.reset(ends[1]);
  }
  UniqueFd out, child_out, child_in, lifeline;
};

ExecOutcome run(const Streams& streams, const char* text, const char* directory = nullptr,
                std::span<const ResourceLimit> limits = {}, const char* program = "/bin/sh") {
  std::string script = text;
  char name[] = "sh", option[] = "-c", path[] = "PATH=/usr/bin:/bin";
  char* const arguments[] = {name, option, script.data(), nullptr};
  char* const environment[] = {path, nullptr};
  return posix_spawn_exec({.program = program,
                           .arguments = arguments,
                           .environment = environment,
                           .working_directory = directory,
                           .limits = limits,
                           .input = streams.child_in.get(),
                           .output = streams.child_out.get(),
                           .errors = streams.child_out.get()});
}

TEST(PosixSpawn, StartsTheSameWay) {
  Streams streams;
  ExecOutcome outcome = run(streams, "pwd; ulimit -c; read line; exit 9", "/usr",
                            std::vector<ResourceLimit>{{RLIMIT_CORE, 0}});
  ASSERT_EQ(outcome.error, 0);
  ASSERT_TRUE(outcome.pidfd);
  EXPECT_EQ(::getpgid(outcome.pid), outcome.pid);
  streams.child_out.reset();
  ChildProcess child(outcome.pid, std::move(outcome.pidfd),
                     {std::move(streams.lifeline), std::move(streams.out), UniqueFd()});
  EXPECT_EQ(read_line(child.pipes().out), "/usr");
  EXPECT_EQ(read_line(child.pipes().out), "0");
  child.pipes().lifeline.reset();
  EXPECT_EQ(wait_for_end(child).code, 9);
}

TEST(PosixSpawn, PassesNoOtherDescriptor) {
  Streams streams;
  const ExecOutcome outcome = run(streams, "exec ls /proc/self/fd");
  ASSERT_EQ(outcome.error, 0);
  streams.child_out.reset();
  EXPECT_EQ(read_all(streams.out), "0\n1\n2\n3\n") << "3 is the folder that ls reads";
  EXPECT_EQ(::waitpid(outcome.pid, nullptr, 0), outcome.pid);
}

TEST(PosixSpawn, ReportsWhatFailed) {
  const Streams streams;
  ExecOutcome outcome = run(streams, "", nullptr, {}, "/no/such/program");
  EXPECT_EQ(outcome.stage, ExecStage::exec);
  EXPECT_EQ(outcome.error, ENOENT);
  outcome = run(streams, "", "/no/such/folder");
  EXPECT_EQ(outcome.stage, ExecStage::working_directory);
  EXPECT_EQ(outcome.error, ENOENT);
  outcome = run(streams, "read line", nullptr, std::vector<ResourceLimit>{{-1, 0}});
  EXPECT_EQ(outcome.stage, ExecStage::limits);
  EXPECT_EQ(outcome.error, EINVAL);
  ::waitpid(outcome.pid, nullptr, 0);
}

TEST(WithoutPidfd, AThreadWaits) {
  Streams streams;
  ExecOutcome outcome = run(streams, "read line; exit 4");
  ASSERT_EQ(outcome.error, 0);
  ChildProcess child(outcome.pid, UniqueFd(),
                     {std::move(streams.lifeline), std::move(streams.out), UniqueFd()});
  EXPECT_FALSE(wait_readable(child.exit_descriptor(), 0));
  child.pipes().lifeline.reset();
  EXPECT_EQ(wait_for_end(child).code, 4);
}

TEST(WithoutPidfd, DestroyingARunningChildEndsTheThread) {
  Streams streams;
  ExecOutcome outcome = run(streams, "read line");
  ASSERT_EQ(outcome.error, 0);
  { const ChildProcess child(outcome.pid, UniqueFd(), {}); }
  EXPECT_EQ(::kill(outcome.pid, 0), -1);
}

class IgnoredSigchld : public ::testing::TestWithParam<bool> {
 protected:
  IgnoredSigchld() : before_(::signal(SIGCHLD, SIG_IGN)) {}
  ~IgnoredSigchld() override { ::signal(SIGCHLD, before_); }

 private:
  sighandler_t before_;
};
INSTANTIATE_TEST_SUITE_P(WithPidfd, IgnoredSigchld, ::testing::Bool());

TEST_P(IgnoredSigchld, EndsWithAnUnknownStatus) {
  Streams streams;
  ExecOutcome outcome = run(streams, "read line; exit 4");
  ASSERT_EQ(outcome.error, 0);
  if (!GetParam()) outcome.pidfd.reset();
  ChildProcess child(outcome.pid, std::move(outcome.pidfd),
                     {std::move(streams.lifeline), std::move(streams.out), UniqueFd()});
  EXPECT_FALSE(child.try_reap());
  child.pipes().lifeline.reset();
  const ExitStatus status = wait_for_end(child);
  EXPECT_FALSE(status.code);
  EXPECT_FALSE(status.signal);
  EXPECT_FALSE(child.signal(SIGTERM));
}

TEST(AfterFork, TheCopyNeitherSignalsNorReaps) {
  Spawner spawner;
  auto child = spawner.start(shell("read line; exit 6")).value();
  EXPECT_EQ(in_child([&] {
              const bool touched = child.signal(SIGKILL) || child.try_reap().has_value();
              { const ChildProcess gone = std::move(child); }
              { Spawner other; }
              return touched ? 1 : 0;
            }),
            0);
  EXPECT_FALSE(child.try_reap()) << "the copy's end must not end the child";
  child.pipes().lifeline.reset();
  EXPECT_EQ(wait_for_end(child).code, 6);
}

}  // namespace
}  // namespace multifrost::process
