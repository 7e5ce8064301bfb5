// What the kernel knows of a process: CPU time, memory, threads, wake-ups. Own process or another.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace bench {

/// CPU seconds that all threads of the process have used.
double cpu_seconds(pid_t process);

/// A number of /proc/PID/status: "VmRSS" (kB), "Threads", …
long status_value(pid_t process, std::string_view key);

/// How often threads of the process went to sleep, and so were woken; the calling thread left out.
long wake_ups(pid_t process);

/// CPU time of the client (this process) and of its servers, at one moment or between two.
struct CpuUse {
  double client = 0;
  double servers = 0;

  static CpuUse now(const std::vector<pid_t>& servers);
  CpuUse since(const CpuUse& before) const {
    return {client - before.client, servers - before.servers};
  }
  double total() const { return client + servers; }
};

}  // namespace bench
