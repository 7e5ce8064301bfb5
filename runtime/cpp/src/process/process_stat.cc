#include "process/process_stat.h"

#include <fstream>
#include <sstream>
#include <string>

namespace multifrost::process {

std::optional<ProcessStat> read_stat(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  // "pid (name) state parent group …": the name may hold anything, parentheses too.
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  ProcessStat stat;
  if (!(rest >> stat.state >> stat.parent >> stat.group)) return std::nullopt;
  constexpr int kBetween = 16;  // session, terminal, flags, faults, times, priorities, …
  std::string skipped;
  for (int i = 0; i < kBetween; ++i) rest >> skipped;
  if (!(rest >> stat.start_ticks)) return std::nullopt;
  return stat;
}

}  // namespace multifrost::process
