// How a worker learns that its parent is gone (R7). The worker is a fork of this test, its parent
// another.
#include "process/lifeline.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <functional>

#include "forked_process.h"
#include "process_support.h"

namespace multifrost::process {
namespace {

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
  OtherProcess parent([](const OtherProcess& self) {
    if (::fork() == 0) {
      const Lifeline lifeline(false);
      self.tell(lifeline.parent_gone());
      self.tell(wait_readable(lifeline.descriptor()) && lifeline.parent_gone());
      ::_exit(0);
    }
    ::pause();
    return true;
  });
  EXPECT_FALSE(parent.heard<bool>());
  parent.kill();
  EXPECT_TRUE(parent.heard<bool>());
}

}  // namespace
}  // namespace multifrost::process
