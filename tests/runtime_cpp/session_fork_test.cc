// A child of the program's own fork(): nothing of its parent's sessions is its own, and another
// thread may have held any lock at that moment (R10).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <thread>
#include <utility>

#include "forked_process.h"
#include "session_parent_support.h"
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

TEST_P(SessionProcess, AChildOfForkIsToldOfCallsThatWereBegunBefore) {
  auto worker = started();
  for (int round = 0; round < 50; ++round) {
    auto before = worker.start_call("add", {1, 2});
    ASSERT_EQ(in_child([&] {
                const auto outcome = before.try_get();
                return outcome.ok() || is_elsewhere(outcome) ? 0 : 1;
              }),
              0);
    EXPECT_EQ(before.get(), Value(3));
  }
}

}  // namespace

namespace session {
namespace {

TEST_F(ParentSessionTest, AChildOfForkAsksForNoLockThatAnotherThreadHolds) {
  options_.heartbeat_interval = 0ns;
  open();
  auto before = start("before");
  answer(worker_->next("call").id(), 1);
  EXPECT_EQ(before.get(), Value(1));
  // A call that is alone is sent under the session's lock.
  std::latch held(1), goes_on(1);
  worker_->on_send([&] {
    held.count_down();
    goes_on.wait();
  });
  std::jthread holder([&] { EXPECT_EQ(start("held").get(), Value(2)); });
  held.wait();
  static constexpr Interface kAny{
      .name = "a.Any", .name_space = "default", .version = "", .fingerprint = ""};
  EXPECT_EQ(process::in_child([&] {  // ended by a signal if it waits for the lock
              if (session().healthy() || session().circuit_open()) return 1;
              if (session().process_id() || session().last_round_trip()) return 2;
              if (session().metrics().total_calls != 0 || session().late_answers() != 0) return 3;
              if (session().state() != ChannelState::closed) return 4;
              session().reset_metrics();
              session().reset_circuit();
              if (!is_elsewhere(session().open()) || !is_elsewhere(session().close(1s))) return 5;
              if (!is_elsewhere(session().drain(1s))) return 6;
              if (!is_elsewhere(session().expect(kAny))) return 7;
              if (!is_elsewhere(start("here").try_get())) return 8;
              if (!is_elsewhere(dynamic_call(channel(), "here", {}, {}))) return 9;
              channel_.reset();
              return 0;
            }),
            0);
  goes_on.count_down();
  answer(worker_->next("call").id(), 2);
  holder.join();
  worker_->on_send(nullptr);
}

}  // namespace
}  // namespace session
}  // namespace multifrost
