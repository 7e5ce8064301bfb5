// A child of the program's own fork(): nothing of its parent's sessions is its own, and another
// thread may have held any lock at that moment (R10).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <utility>

#include "forked_process.h"
#include "session_process_support.h"

namespace multifrost {
namespace {

using process::in_child;
using namespace std::chrono_literals;

template <class Outcome>
bool is_elsewhere(const Outcome& outcome) {
  return !outcome.ok() && outcome.failure().code() == ErrorCode::wrong_process;
}

TEST_P(SessionProcess, AChildOfForkGetsATypedError) {
  auto worker = started();
  EXPECT_EQ(in_child([&] {
              if (!is_elsewhere(worker.try_call("add", {1, 2}))) return 1;
              if (!is_elsewhere(worker.try_start())) return 2;
              if (!is_elsewhere(worker.channel()->drain(1s))) return 3;
              return 0;
            }),
            0);
  EXPECT_EQ(worker.call("add", 1, 2), Value(3));
}

// As after close(), and whoever resets something changes nothing.
TEST_P(SessionProcess, AChildOfForkIsToldOfNothingThatRuns) {
  auto worker = started();
  worker.call("add", 1, 2);
  EXPECT_EQ(in_child([&] {
              if (worker.is_healthy() || worker.circuit_open()) return 1;
              if (worker.process_id() || worker.last_heartbeat_rtt()) return 2;
              if (worker.metrics().total_calls != 0) return 3;
              if (worker.channel()->state() != ChannelState::closed) return 4;
              worker.reset_metrics();
              worker.reset_circuit();
              worker.close();
              { const ParentWorker gone = std::move(worker); }
              return 0;
            }),
            0);
  EXPECT_TRUE(worker.is_healthy());
  EXPECT_EQ(worker.metrics().total_calls, 1u);
  EXPECT_EQ(worker.call("add", 1, 2), Value(3));
}

TEST_P(SessionProcess, AChildOfForkAsksForNoLock) {
  auto worker = started();
  const std::jthread holds_locks([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) static_cast<void>(worker.metrics());
  });
  static constexpr Interface kAny{
      .name = "a.Any", .name_space = "default", .version = "", .fingerprint = ""};
  for (int round = 0; round < 50; ++round) {
    auto before = worker.start_call("add", {1, 2});
    ASSERT_EQ(in_child([&] {  // which is ended by a signal if it waits for a lock
                if (!is_elsewhere(worker.try_call("add", {1, 2}))) return 1;
                const auto pending = before.try_get();
                if (!pending.ok() && !is_elsewhere(pending)) return 2;
                static_cast<void>(worker.metrics());
                static_cast<void>(worker.is_healthy());
                static_cast<void>(worker.circuit_open());
                static_cast<void>(worker.last_heartbeat_rtt());
                static_cast<void>(worker.process_id());
                static_cast<void>(worker.channel()->state());
                static_cast<void>(worker.channel()->drain(1s));
                static_cast<void>(worker.channel()->expect(kAny));
                worker.reset_metrics();
                worker.reset_circuit();
                { const ParentWorker gone = std::move(worker); }
                return 0;
              }),
              0);
    EXPECT_EQ(before.get(), Value(3));
  }
}

}  // namespace
}  // namespace multifrost
