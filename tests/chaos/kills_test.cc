// A worker that is killed again and again under load: every call ends exactly once, in time, with
// its own answer or a typed error, and nothing is left behind (R4, R5; spec 7.3, 12.1).
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <semaphore>
#include <thread>
#include <vector>

#include "chaos_support.h"

namespace multifrost::chaos {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// What became of the calls, by number.
class Outcomes {
 public:
  explicit Outcomes(std::size_t calls) : ended_(calls) {}

  void take(std::size_t number, Clock::time_point deadline, const Result<Value>& outcome) {
    const auto late = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - deadline);
    ended_[number].fetch_add(1);
    if (outcome.ok()) {
      ++answered_;
      if (*outcome != Value(static_cast<std::int64_t>(number))) ++crossed_;
    } else {
      const std::lock_guard lock(mutex_);
      ++failures_[{outcome.failure().code(), outcome.failure().execution()}];
    }
    for (auto worst = worst_.load(); late.count() > worst;) {
      if (worst_.compare_exchange_weak(worst, late.count())) break;
    }
    done_.fetch_add(1);
    done_.notify_all();
  }

  void wait_for(std::size_t count) const {
    for (auto done = done_.load(); done < count; done = done_.load()) done_.wait(done);
  }
  std::size_t done() const { return done_; }

  void judge() const {
    std::size_t twice = 0, never = 0;
    for (const auto& count : ended_) {
      never += count == 0 ? 1 : 0;
      twice += count > 1 ? 1 : 0;
    }
    EXPECT_EQ(never, 0u);
    EXPECT_EQ(twice, 0u);
    EXPECT_EQ(crossed_, 0u) << "answers of other calls";
    EXPECT_GT(answered_, 0u);
    std::printf("[ figure   ] answered: %zu\n", answered_.load());
    for (const auto& [kind, count] : failures_) {
      const auto [code, execution] = kind;
      std::printf("[ figure   ] %s, %s: %zu\n", std::string(to_string(code)).c_str(),
                  std::string(to_string(execution)).c_str(), count);
      EXPECT_TRUE(code == ErrorCode::worker_exited || code == ErrorCode::connection ||
                  code == ErrorCode::timeout || code == ErrorCode::circuit_open)
          << to_string(code);
    }
    report("latest outcome after its deadline, ms", static_cast<double>(worst_) / 1e6,
           "CHAOS_LATENESS_MS");
  }

 private:
  std::vector<std::atomic<int>> ended_;
  std::atomic<std::size_t> done_ = 0;
  std::atomic<std::size_t> answered_ = 0;
  std::atomic<std::size_t> crossed_ = 0;
  std::atomic<std::int64_t> worst_ = std::chrono::nanoseconds::min().count();
  std::mutex mutex_;
  std::map<std::pair<ErrorCode, Execution>, std::size_t> failures_;
};

TEST(ChaosKills, EveryCallUnderKillsEndsOnceAndInTime) {
  const auto calls = static_cast<std::size_t>(figure("CHAOS_CALLS", 4'000));
  const auto kills = static_cast<std::size_t>(figure("CHAOS_KILLS", 40));
  constexpr std::size_t kThreads = 4;
  constexpr std::ptrdiff_t kWindow = 64;
  Random random;
  {  // threads and descriptors that are made once, for the first worker
    auto worker = ParentWorker::spawn(CHAOS_WORKER, {}, restarting());
    worker.start();
  }
  const std::size_t descriptors = open_descriptors();
  Outcomes outcomes(calls);
  {
    auto worker = ParentWorker::spawn(CHAOS_WORKER, {}, restarting());
    worker.start();
    // Each worker gets an equal share of the calls, and ends at any point of it.
    const std::size_t share = calls / kills;
    std::atomic<std::size_t> next = 0;
    std::atomic<std::size_t> allowed = share;
    const auto make_calls = [&](std::mt19937_64 numbers, bool asynchronous) {
      std::counting_semaphore<kWindow> room(kWindow);
      for (std::size_t number = next++; number < calls; number = next++) {
        for (auto limit = allowed.load(); limit <= number; limit = allowed.load()) {
          allowed.wait(limit);
        }
        const std::chrono::milliseconds timeout(
            std::uniform_int_distribution<int>(20, 2'000)(numbers));
        const auto with = worker.with({.timeout = timeout});
        const Value argument(static_cast<std::int64_t>(number));
        const auto deadline = Clock::now() + timeout;
        if (!asynchronous) {
          outcomes.take(number, deadline, with.try_call("echo", {argument}));
          continue;
        }
        room.acquire();
        with.start_call("echo", {argument})
            .then([&, number, deadline](const Result<Value>& result) {
              outcomes.take(number, deadline, result);
              room.release();
            });
      }
      for (std::ptrdiff_t i = 0; i < kWindow; ++i) room.acquire();
    };
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back(make_calls, random.fork(), i % 2 == 1);
    }
    std::size_t killed = 0;
    std::optional<int> last;
    while (killed < kills) {
      // After some progress, or as soon as a process is there: it is still starting then.
      if (random(0, 3) != 0) {
        const auto most = static_cast<std::int64_t>(share);
        outcomes.wait_for(killed * share + static_cast<std::size_t>(random(0, most)));
      }
      const auto pid = worker.process_id();
      if (!pid || pid == last || ::kill(*pid, SIGKILL) != 0) {
        std::this_thread::yield();
        continue;
      }
      last = pid;
      ++killed;
      // Now and then the next calls come when the end has been seen, else they still go to the
      // dead.
      const bool late = random(0, 1) == 0;
      while (late && worker.process_id() == last) std::this_thread::yield();
      allowed = killed == kills ? calls : allowed + share;
      allowed.notify_all();
    }
    threads.clear();
    outcomes.wait_for(calls);
    std::printf("[ figure   ] kills: %zu\n", killed);
    const Metrics metrics = worker.metrics();
    EXPECT_EQ(metrics.calls_in_flight, 0u);
    EXPECT_EQ(metrics.total_calls + metrics.refused_calls, calls);
  }
  outcomes.judge();
  EXPECT_FALSE(has_children()) << "a zombie, or a worker that was left";
  // The last transport goes with the last thread that holds it.
  const auto guard = Clock::now() + 30s;
  while (open_descriptors() > descriptors && Clock::now() < guard) std::this_thread::yield();
  EXPECT_LE(open_descriptors(), descriptors);
}

}  // namespace
}  // namespace multifrost::chaos
