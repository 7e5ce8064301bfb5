// What a parent and a guard process say to each other (guard/watch.h), read by both: plain data,
// and nothing of the C library, which the guard does not have.
//
// The guard's arguments are its own name, the worker's working directory (empty: the parent's), the
// worker's program, and then the worker's arguments; its environment and its descriptors 0 to 2 are
// the worker's. Descriptor 3 is a SOCK_SEQPACKET socket to the parent:
//
//   parent → guard   one Job, before the guard starts
//   guard → parent   one Report, when the worker runs or could not be started
//   guard → parent   one byte, when the worker has ended by itself: whom it has left is ended now
//   parent → guard   one byte each: the number of a signal for the worker's process group
//   end of file      the parent is gone, or wants nothing more of the worker
//
// How the worker ended is told by the guard's own end: the same exit code, or the same signal.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "process/exec_stage.h"

namespace multifrost::guard {

inline constexpr int kControl = 3;
/// The guard's own program file, of no use once it runs. All above are closed.
inline constexpr int kImage = 4;

enum Argument : int { kName, kWorkingDirectory, kProgram, kWorkerArguments };

struct Limit {
  int resource;  ///< one of RLIMIT_…
  std::uint64_t value;
};

inline constexpr std::uint32_t kMostLimits = 16;  ///< there are no more resources than that

struct Job {
  pid_t parent;
  std::int64_t stop_ms;  ///< from the parent's end to SIGTERM
  std::int64_t kill_ms;  ///< from there to SIGKILL
  std::uint32_t limits;
  Limit limit[kMostLimits];
};

struct Report {
  pid_t worker;  ///< also the id of its process group
  int error;     ///< errno of the stage that failed; 0: the worker's program runs
  process::ExecStage stage;
};

}  // namespace multifrost::guard
