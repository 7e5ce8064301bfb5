// A worker process that we started (R7): its pid, its pipes, its end.
//
// The child leads its own process group. Its stdin is the *lifeline*, a pipe that nobody ever
// writes: it comes to end of file when this process ends, however it ends, and wrappers such as `sh
// -c` hand it on. Its stdout and stderr are pipes whose read ends (non-blocking) are here (R8).
//
// The end: `exit_descriptor()` becomes readable; `try_reap()` then gives the status. It kills what
// is left of the group while the leader's pid is still taken (WNOWAIT), and only then reaps, so
// that no signal can ever reach a stranger with a reused pid. No SIGCHLD handler is involved; where
// the program ignores SIGCHLD the kernel keeps no status, and the result is an ExitStatus with
// neither code nor signal.
//
// With a guard (guard_protocol.h) the worker is a child of the guard, and the guard ours. All of
// this holds as well: the guard sends the signals, since the worker's pid is its to protect, ends
// with the status that the worker ended with, and does so when nobody is left beneath it.
//
// Thread rule: signal(), try_reap() and reaped() may be called from any thread at any time; the
// rest from one thread at a time. Nothing blocks but the destructor, which kills the group and
// waits for the leader.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>

#include "multifrost/failure.h"
#include "process/guard_handle.h"
#include "process/unique_fd.h"

namespace multifrost::process {

/// Our ends of the child's three descriptors.
struct ChildPipes {
  UniqueFd lifeline;  ///< write end of its stdin; closing it asks our own runtimes to end (R7)
  UniqueFd out;       ///< read end of its stdout, non-blocking
  UniqueFd err;       ///< read end of its stderr, non-blocking
};

class ChildProcess {
 public:
  /// For the spawner: takes over a started child. `pidfd` may be empty; then a thread of the
  /// child's own waits for its end.
  /// With a guard `pidfd` is the guard's.
  ChildProcess(pid_t pid, UniqueFd pidfd, ChildPipes pipes, GuardHandle guard = {});
  ChildProcess(ChildProcess&&) noexcept;
  ChildProcess& operator=(ChildProcess&&) noexcept;
  /// Kills the group if the child still runs, and reaps it: never leaves a zombie.
  ~ChildProcess();

  /// Also the id of its process group. Stays readable after the end, for messages.
  pid_t pid() const noexcept;

  /// Readable once the leader has ended; for poll and epoll.
  int exit_descriptor() const noexcept;

  /// With a guard: readable once the worker itself has ended, though others beneath the guard may
  /// live on for as long as their end takes. Without one -1.
  int leader_descriptor() const noexcept;

  /// Sends `number` to the whole group, or has the guard send it; with a guard SIGKILL ends whoever
  /// has left the group as well. False when the leader has been reaped: nothing was sent.
  bool signal(int number) noexcept;

  /// The exit status once the leader has ended, else nothing. The first call that finds it ended
  /// kills the rest of the group and reaps; later ones repeat the status. `last_output` is left for
  /// the caller.
  std::optional<ExitStatus> try_reap();
  bool reaped() const noexcept;

  /// The caller may close them and move them out.
  ChildPipes& pipes() noexcept;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace multifrost::process
