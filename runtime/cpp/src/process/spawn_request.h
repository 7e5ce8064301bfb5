// What a worker process is started with: plain data, already resolved (command.h,
// spawn_environment.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace multifrost::process {

/// A limit that the child gets before exec: `resource` is one of RLIMIT_…; soft and hard become
/// `value`.
struct ResourceLimit {
  int resource;
  std::uint64_t value;
};

/// What a guard gives the program when this process has ended (SpawnOptions::guard).
struct GuardOrder {
  std::chrono::nanoseconds stop_deadline;  ///< until SIGTERM
  std::chrono::nanoseconds kill_deadline;  ///< from there until SIGKILL
};

struct SpawnRequest {
  std::string program;                   ///< path of the file to execute; no PATH search here
  std::vector<std::string> arguments;    ///< argv, the program's own name first
  std::vector<std::string> environment;  ///< complete: "NAME=value"; nothing else is inherited
  std::string working_directory;         ///< empty: the parent's
  std::vector<ResourceLimit> limits;
  std::optional<GuardOrder> guard;  ///< none: the program is our own child
};

}  // namespace multifrost::process
