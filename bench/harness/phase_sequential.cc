// One call after another from one thread: what a single call costs.
#include <algorithm>
#include <chrono>
#include <vector>

#include "harness/fail.h"
#include "harness/phases.h"
#include "harness/process_stats.h"
#include "harness/report.h"

namespace bench {

void sequential(Peer& peer, const Settings& settings) {
  using Clock = std::chrono::steady_clock;
  Caller& caller = peer.caller();
  std::int64_t number = 1'000'003;
  const auto call = [&] {
    const std::int64_t a = number++;
    const std::int64_t b = number * 7919;
    require(caller.add(a, b) == a + b, "a sum was wrong");
  };
  for (int i = 0; i < 500; ++i) call();

  std::vector<double> times;
  times.reserve(1U << 20U);
  const CpuUse cpu_before = CpuUse::now(peer.servers());
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(settings.time);
  auto now = begin;
  while (now < end) {
    call();
    const auto after = Clock::now();
    times.push_back(std::chrono::duration<double, std::micro>(after - now).count());
    now = after;
  }
  const CpuUse cpu = CpuUse::now(peer.servers()).since(cpu_before);

  std::sort(times.begin(), times.end());
  const std::size_t count = times.size();
  const double calls = static_cast<double>(count);
  report("seq_p50_us", times[count / 2]);
  report("seq_p99_us", times[count * 99 / 100]);
  report("seq_p999_us", times[count * 999 / 1000]);
  report("seq_cps", calls / std::chrono::duration<double>(now - begin).count());
  report("seq_cpu_client_us", cpu.client / calls * 1e6);
  report("seq_cpu_server_us", cpu.servers / calls * 1e6);
  report("seq_cpu_us", cpu.total() / calls * 1e6);
}

}  // namespace bench
