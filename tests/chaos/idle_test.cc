// Idle costs nothing but heartbeats: wake-ups of the runtime's threads, counted by the kernel, over
// so many heartbeats of another worker, which is the clock.
#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string>

#include "chaos_support.h"
#include "multifrost/runtime.h"

namespace multifrost::chaos {
namespace {

using namespace std::chrono_literals;
using Threads = std::set<int>;

Threads threads_of(int pid) {
  Threads threads;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    threads.insert(std::stoi(task.path().filename()));
  }
  return threads;
}

Threads without(Threads threads, const Threads& former) {
  for (const int thread : former) threads.erase(thread);
  return threads;
}

/// How often they have slept and been woken until now.
long long wake_ups(int pid, const Threads& threads) {
  long long count = 0;
  for (const int thread : threads) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/task/" + std::to_string(thread) +
                         "/status");
    for (std::string word; status >> word;) {
      long long value = 0;
      if (word == "voluntary_ctxt_switches:" && status >> value) count += value;
    }
  }
  return count;
}

class ChaosIdle : public testing::Test {
 protected:
  /// A worker under a runtime of its own, and that runtime's threads.
  struct Pair {
    explicit Pair(std::chrono::nanoseconds heartbeats) : former(threads_of(::getpid())) {
      SpawnOptions options;
      options.heartbeat_interval = heartbeats;
      worker.emplace(ParentWorker::spawn(CHAOS_WORKER, {}, options, &runtime));
      worker->start();
      worker->call("echo", 1);
      threads = without(threads_of(::getpid()), former);
    }
    long long of_parent() const { return wake_ups(::getpid(), threads); }
    long long of_worker() const {
      const int pid = worker->process_id().value();
      return wake_ups(pid, threads_of(pid));
    }
    Threads former;
    Runtime runtime;
    std::optional<ParentWorker> worker;
    Threads threads;
  };

  static void wait_for_heartbeats(const ParentWorker& worker, int count) {
    for (auto last = worker.last_heartbeat_rtt(); count > 0; --count) {
      while (worker.last_heartbeat_rtt() == last) ::poll(nullptr, 0, 1);
      last = worker.last_heartbeat_rtt();
    }
  }
};

TEST_F(ChaosIdle, NobodyWakesButForHeartbeats) {
  const auto beats = static_cast<int>(figure("CHAOS_BEATS", 50));
  const Pair silent(0s);
  const Pair beating(20ms);
  // Until what follows the last call is over: a tick, and threads that a busy machine is late with.
  long long silent_parent = -1, silent_worker = -1;
  while (silent_parent != silent.of_parent() || silent_worker != silent.of_worker()) {
    silent_parent = silent.of_parent();
    silent_worker = silent.of_worker();
    wait_for_heartbeats(*beating.worker, 10);
  }
  const long long parent = beating.of_parent(), worker = beating.of_worker();
  wait_for_heartbeats(*beating.worker, beats);
  EXPECT_EQ(silent.of_parent() - silent_parent, 0) << "wake-ups without heartbeats";
  EXPECT_EQ(silent.of_worker() - silent_worker, 0) << "wake-ups without heartbeats";
  const auto per_beat = [&](long long count) {
    return static_cast<double>(count) / static_cast<double>(beats);
  };
  const double of_parent = per_beat(beating.of_parent() - parent);
  const double of_worker = per_beat(beating.of_worker() - worker);
  std::printf("[ figure   ] wake-ups a heartbeat: parent %.2f, worker %.2f\n", of_parent,
              of_worker);
  EXPECT_GT(of_worker, 0.5) << "the count counts";
  // Parent: its timer, and the echo. Worker: the heartbeat. What is above that is this test's own:
  // it asks for the last round trip every millisecond, under the session's lock.
  EXPECT_LE(of_parent, 2.5);
  EXPECT_LE(of_worker, 2.0);
}

}  // namespace
}  // namespace multifrost::chaos
