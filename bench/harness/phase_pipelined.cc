// Many calls in flight from one thread: throughput.
#include <algorithm>
#include <chrono>

#include "harness/phases.h"
#include "harness/process_stats.h"
#include "harness/report.h"

namespace bench {
namespace {

/// Calls a second, or 0 when the peer cannot.
double rate_of(Peer& peer, std::uint64_t count, std::size_t window) {
  const auto begin = std::chrono::steady_clock::now();
  if (!peer.pipeline(count, window)) return 0;
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  return static_cast<double>(count) / time.count();
}

}  // namespace

void pipelined(Peer& peer, const Settings& settings, std::size_t window) {
  const std::uint64_t few = std::max<std::uint64_t>(500, 2 * window);
  const auto calls_in = [&](double rate, double share) {
    return std::max(few, static_cast<std::uint64_t>(rate * settings.time.count() * share));
  };
  // A short run finds the rate, a longer one warms up at it, the last one counts.
  double rate = rate_of(peer, few, window);
  if (rate <= 0) return;
  rate = rate_of(peer, calls_in(rate, 0.25), window);
  const std::uint64_t count = calls_in(rate, 1);
  const CpuUse before = CpuUse::now(peer.servers());
  rate = rate_of(peer, count, window);
  const CpuUse cpu = CpuUse::now(peer.servers()).since(before);

  const std::string name = "w" + std::to_string(window);
  report(name + "_cps", rate);
  report(name + "_cpu_us", cpu.total() / static_cast<double>(count) * 1e6);
}

}  // namespace bench
