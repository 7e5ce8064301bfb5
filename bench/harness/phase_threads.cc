// Four threads that call at once, over one connection or over four.
#include <atomic>
#include <chrono>
#include <latch>
#include <thread>
#include <vector>

#include "harness/fail.h"
#include "harness/phases.h"
#include "harness/process_stats.h"
#include "harness/report.h"

namespace bench {
namespace {

constexpr int kThreads = 4;
constexpr int kWarmUp = 50;

/// What the threads and the one that counts share.
struct Race {
  std::latch ready{kThreads};
  std::latch begin{1};
  std::atomic<bool> stop{false};
  std::atomic<bool> offered{true};
  std::atomic<std::uint64_t> calls{0};
};

void call_until_stopped(Peer& peer, Connections connections, Race& race, std::int64_t number) {
  const auto caller =
      connections == Connections::shared ? peer.sharing_caller() : peer.separate_caller();
  if (caller == nullptr) {
    race.offered = false;
    race.ready.count_down();
    return;
  }
  const auto call = [&] {
    const std::int64_t a = number++;
    const std::int64_t b = number * 31;
    require(caller->add(a, b) == a + b, "a sum was wrong");
  };
  for (int i = 0; i < kWarmUp; ++i) call();
  race.ready.count_down();
  race.begin.wait();
  std::uint64_t calls = 0;
  for (; !race.stop.load(std::memory_order_relaxed); ++calls) call();
  race.calls += calls;
}

}  // namespace

void four_threads(Peer& peer, const Settings& settings, Connections connections) {
  Race race;
  if (connections == Connections::separate) peer.before_separate_callers();
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back(
        [&, i] { call_until_stopped(peer, connections, race, i * std::int64_t{1'000'000'007}); });
  }
  race.ready.wait();
  const CpuUse cpu_before = CpuUse::now(peer.servers());
  const auto begin = std::chrono::steady_clock::now();
  race.begin.count_down();
  if (race.offered) {
    std::this_thread::sleep_for(settings.time);  // lint: allow sleep: the time that is measured
  }
  race.stop = true;
  const std::vector<pid_t> servers = peer.servers();
  for (std::thread& thread : threads) thread.join();
  if (!race.offered) return;
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  const CpuUse cpu = CpuUse::now(servers).since(cpu_before);

  const std::string name = connections == Connections::shared ? "t4" : "t4x4";
  const auto calls = static_cast<double>(race.calls.load());
  report(name + "_cps", calls / time.count());
  report(name + "_cpu_us", cpu.total() / calls * 1e6);
}

}  // namespace bench
