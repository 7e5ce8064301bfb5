// How a worker notices that its parent is gone, whatever the parent was (R7).
//
// Under our own parents stdin is a pipe that is never written: end of file means that the parent
// ended, behind wrappers too. Under published ones the parent's process is watched (a JavaScript
// parent kills only its shell and leaves the worker behind).
//
// Make one at the start of a worker, before threads read stdin: it moves the lifeline to a private,
// close-on-exec descriptor and puts /dev/null in its place, so that neither handlers that read
// stdin nor processes that they start can disturb it. Belongs to one thread; never blocks.
#pragma once

#include <sys/types.h>

#include "process/unique_fd.h"

namespace multifrost::process {

class Lifeline {
 public:
  /// `stdin_is_lifeline`: ChildEnvironment::stdio_is_pipe.
  explicit Lifeline(bool stdin_is_lifeline) noexcept;

  /// Becomes readable (or hung up) when the parent is gone; -1 when nothing can be watched.
  int descriptor() const noexcept { return watched_.get(); }

  /// True when the parent is gone.
  bool parent_gone() const noexcept;

 private:
  UniqueFd watched_;
  bool is_pipe_;
  pid_t parent_;
};

}  // namespace multifrost::process
