// How a worker learns that its parent is gone (R7). The worker is a fork of this test, its parent
// another.
#include "process/lifeline.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "process_support.h"

namespace multifrost::process {
namespace {

/// Runs `body` in a child of fork() and returns its exit code.
int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
  UniqueFd read, write;
};

TEST(Lifeline, TheEndOfStdinIsTheEndOfTheParent) {
  EXPECT_EQ(in_child([] {
              Pipe pipe;
              ::dup2(pipe.read.get(), 0);
              pipe.read.reset();
              const Lifeline lifeline(true);
              if (lifeline.parent_gone()) return 1;
              pipe.write.reset();
              if (!wait_readable(lifeline.descriptor())) return 2;
              return lifeline.parent_gone() ? 0 : 3;
            }),
            0);
}

TEST(Lifeline, LeavesNothingOnStdin) {
  EXPECT_EQ(in_child([] {
              const Pipe pipe;
              ::dup2(pipe.read.get(), 0);
              const Lifeline lifeline(true);
              char byte;
              if (::read(0, &byte, 1) != 0) return 1;  // /dev/null, not a wait for ever
              return (::fcntl(lifeline.descriptor(), F_GETFD) & FD_CLOEXEC) != 0 ? 0 : 2;
            }),
            0);
}

TEST(Lifeline, IgnoresWhatAWrapperWrites) {
  EXPECT_EQ(in_child([] {
              Pipe pipe;
              ::dup2(pipe.read.get(), 0);
              pipe.read.reset();
              const Lifeline lifeline(true);
              if (::write(pipe.write.get(), "noise", 5) != 5) return 1;
              if (lifeline.parent_gone()) return 2;
              if (wait_readable(lifeline.descriptor(), 0)) return 3;  // it would keep epoll awake
              pipe.write.reset();
              return lifeline.parent_gone() ? 0 : 4;
            }),
            0);
}

TEST(Lifeline, AnEmptyStdinIsNoLifeline) {
  // A wrapper that puts /dev/null there must not look like a parent that ended.
  EXPECT_EQ(in_child([] {
              const UniqueFd nothing(::open("/dev/null", O_RDONLY));
              ::dup2(nothing.get(), 0);
              const Lifeline lifeline(true);
              return lifeline.parent_gone() ? 1 : 0;
            }),
            0);
}

TEST(Lifeline, WatchesTheParentOtherwise) {
  Pipe ready, result;
  const pid_t parent = ::fork();
  if (parent == 0) {
    if (::fork() == 0) {
      const Lifeline lifeline(false);
      char verdict = lifeline.parent_gone() ? 'x' : 'r';
      static_cast<void>(!::write(ready.write.get(), &verdict, 1));
      const bool seen = wait_readable(lifeline.descriptor()) && lifeline.parent_gone();
      verdict = seen ? 'g' : 'x';
      static_cast<void>(!::write(result.write.get(), &verdict, 1));
      ::_exit(0);
    }
    ::pause();
  }
  char verdict = 0;
  ASSERT_EQ(::read(ready.read.get(), &verdict, 1), 1);
  EXPECT_EQ(verdict, 'r');
  ::kill(parent, SIGKILL);
  ASSERT_TRUE(wait_readable(result.read.get()));
  ASSERT_EQ(::read(result.read.get(), &verdict, 1), 1);
  EXPECT_EQ(verdict, 'g');
  ::waitpid(parent, nullptr, 0);
}

}  // namespace
}  // namespace multifrost::process
