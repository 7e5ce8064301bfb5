// The guard's children: the worker, and whoever lost his own parent beneath it.
//
// A child subreaper (PR_SET_CHILD_SUBREAPER) becomes the parent of every orphan among its
// descendants, whatever session or group it has moved to. Killing all children, again and again
// until there is none, therefore ends all descendants: each that dies hands its own children up.
#pragma once

#include <signal.h>

namespace multifrost::guard {

class Children {
 public:
  /// 0, or the errno that says why this kernel does not list them.
  int open() noexcept;

  /// Kills every child; how many of them could be.
  int kill_all() const noexcept;

 private:
  int list_ = -1;
};

/// The next child that has ended, not yet reaped. `pid` 0: all of them live; -1: there are none.
struct Ended {
  pid_t pid;
  int code;    ///< CLD_EXITED or another way
  int status;  ///< exit code or signal
};
Ended next_ended() noexcept;
void reap(pid_t pid) noexcept;

}  // namespace multifrost::guard
