// What a worker process is started with: plain data, already resolved (command.h,
// spawn_environment.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace multifrost::process {

/// A limit that the child gets before exec: `resource` is one of RLIMIT_…; soft and hard become
/// `value`.
struct ResourceLimit {
  int resource;
  std::uint64_t value;
};

struct SpawnRequest {
  std::string program;                   ///< path of the file to execute; no PATH search here
  std::vector<std::string> arguments;    ///< argv, the program's own name first
  std::vector<std::string> environment;  ///< complete: "NAME=value"; nothing else is inherited
  std::string working_directory;         ///< empty: the parent's
  std::vector<ResourceLimit> limits;
};

}  // namespace multifrost::process
