// Memory, the cost of doing nothing, and what is heard of a server that is busy.
#include <unistd.h>

#include <chrono>
#include <thread>

#include "harness/phases.h"
#include "harness/process_stats.h"
#include "harness/report.h"

namespace bench {
namespace {

void pause(std::chrono::milliseconds time) {
  std::this_thread::sleep_for(time);  // lint: allow sleep: what happens meanwhile is measured
}

long total_wake_ups(const Peer& peer) {
  long sum = wake_ups(::getpid());
  for (const pid_t server : peer.servers()) sum += wake_ups(server);
  return sum;
}

}  // namespace

void memory(Peer& peer) {
  pause(std::chrono::milliseconds(150));
  const pid_t server = peer.servers().front();
  report("rss_client_kb", static_cast<double>(status_value(::getpid(), "VmRSS")));
  report("rss_server_kb", static_cast<double>(status_value(server, "VmRSS")));
  report("threads_client", static_cast<double>(status_value(::getpid(), "Threads")));
  report("threads_server", static_cast<double>(status_value(server, "Threads")));
}

void idle(Peer& peer) {
  pause(std::chrono::milliseconds(150));
  const CpuUse before = CpuUse::now(peer.servers());
  const long woken_before = total_wake_ups(peer);
  pause(std::chrono::seconds(1));
  const long woken = total_wake_ups(peer) - woken_before;
  report("idle_cpu_ms", CpuUse::now(peer.servers()).since(before).total() * 1e3);
  report("idle_wakeups", static_cast<double>(woken));
}

void busy(Peer& peer) {
  if (const auto slowest = peer.busy_heartbeat_ms()) report("busy_heartbeat_ms", *slowest);
}

}  // namespace bench
