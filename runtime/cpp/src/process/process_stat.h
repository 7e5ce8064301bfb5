// What /proc/<pid>/stat says of a process at one moment.
//
// Reads a file only; any thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace multifrost::process {

struct ProcessStat {
  char state = '?';  ///< 'Z' and 'X' have ended
  pid_t parent = 0;
  pid_t group = 0;
  std::uint64_t start_ticks = 0;  ///< when it began, in clock ticks since boot
};

/// Empty: there is no such process, or the system does not show it.
std::optional<ProcessStat> read_stat(pid_t pid);

}  // namespace multifrost::process
