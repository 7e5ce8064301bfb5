// Idle costs nothing but heartbeats: wake-ups of the runtime's threads, counted by the kernel, over
// so many heartbeats of another worker, which is the clock.
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
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

/// Large enough that the C library hands freed memory back to the system at once.
constexpr std::size_t kLarge = std::size_t{40} << 20;

/// The sanitizers' allocators keep what is freed (a quarantine, shadow memory): from outside only
/// the wake-ups are seen there. What is kept is counted in direct_transport_test.cc, under them
/// too.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kShowsMemory = false;
#else
constexpr bool kShowsMemory = true;
#endif

/// In bytes, as far as it is resident.
std::size_t memory_of(int pid) {
  std::ifstream statm("/proc/" + std::to_string(pid) + "/statm");
  std::size_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::size_t>(::getpagesize());
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
      Threads all = threads_of(pid);
#ifdef __SANITIZE_THREAD__
      // ThreadSanitizer's own, which it starts before any other, wakes ten times a second.
      if (all.size() > 1) all.erase(std::next(all.begin()));
#endif
      return wake_ups(pid, all);
    }
    Threads former;
    Runtime runtime;
    std::optional<ParentWorker> worker;
    Threads threads;
  };

  /// Until neither side of a pair has woken for so many heartbeats of another.
  static void wait_until_still(const Pair& silent, const Pair& beating, int beats) {
    long long parent = -1, worker = -1;
    while (parent != silent.of_parent() || worker != silent.of_worker()) {
      parent = silent.of_parent();
      worker = silent.of_worker();
      wait_for_heartbeats(*beating.worker, beats);
    }
  }

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
  wait_until_still(silent, beating, 10);
  const long long silent_parent = silent.of_parent(), silent_worker = silent.of_worker();
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

// A burst leaves memory for further large messages behind, which is given back although nothing
// comes any more: that takes wake-ups, and then there are none.
TEST_F(ChaosIdle, MemoryOfABurstIsGivenBackAndThenNobodyWakes) {
  const auto beats = static_cast<int>(figure("CHAOS_BEATS", 50));
  const Pair silent(0s);
  const Pair beating(20ms);
  const pid_t pid = silent.worker->process_id().value();
  const std::size_t parent_before = memory_of(::getpid()), worker_before = memory_of(pid);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(silent.worker->call("echo", std::string(kLarge, 'L')).as_string().size(), kLarge);
  }
  if (kShowsMemory) {
    EXPECT_GT(memory_of(pid), worker_before + kLarge / 2) << "it is kept at first";
    // Either side keeps less than half a message.
    while (memory_of(pid) > worker_before + kLarge / 2) wait_for_heartbeats(*beating.worker, 1);
    while (memory_of(::getpid()) > parent_before + kLarge / 2) {
      wait_for_heartbeats(*beating.worker, 1);
    }
  }
  wait_until_still(silent, beating, kShowsMemory ? 10 : 150);
  const long long parent = silent.of_parent(), worker = silent.of_worker();
  wait_for_heartbeats(*beating.worker, beats);
  EXPECT_EQ(silent.of_parent(), parent);
  EXPECT_EQ(silent.of_worker(), worker);
}

}  // namespace
}  // namespace multifrost::chaos
