// Restarts: backoff, jitter, the limit, and what starts the count anew (spec 7.3, R5).
#include <gtest/gtest.h>

#include <random>

#include "engine/restart_policy.h"

namespace multifrost::engine {
namespace {

using namespace std::chrono_literals;
using Kind = RestartPolicy::Decision::Kind;
using Time = RestartPolicy::Time;

constexpr Time kStart{};
constexpr std::uint64_t kLeast = 0;
constexpr std::uint64_t kMost = ~std::uint64_t{0};
constexpr bool kPlanned = true;
constexpr bool kCrash = false;

TEST(RestartPolicy, WaitsTwiceAsLongEachTimeUpToTheCapAndThenGivesUp) {
  RestartPolicy least({.auto_restart = true, .max_attempts = 8});
  RestartPolicy most({.auto_restart = true, .max_attempts = 8});
  int attempt = 0;
  for (const auto delay : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms}) {
    const auto early = least.exited(kStart, kCrash, kLeast);
    const auto late = most.exited(kStart, kCrash, kMost);
    ASSERT_EQ(early.kind, Kind::restart);
    EXPECT_EQ(early.at, kStart + delay / 2) << "at least half of it";
    EXPECT_LE(late.at, kStart + delay);
    EXPECT_GT(late.at, kStart + delay - 1us) << "at most all of it";
    EXPECT_EQ(least.attempts(), ++attempt);
  }
  EXPECT_EQ(least.exited(kStart, kCrash, kLeast).kind, Kind::give_up);
  EXPECT_EQ(least.exited(kStart, kCrash, kLeast).kind, Kind::give_up) << "and stays with it";
}

TEST(RestartPolicy, DecidesByItsTable) {
  struct Row {
    bool auto_restart;
    int max_attempts;
    bool planned;
    Kind kind;
    int attempts;
  };
  for (const Row& row :
       {Row{false, 5, kCrash, Kind::give_up, 0}, Row{false, 5, kPlanned, Kind::nothing, 0},
        Row{true, 5, kCrash, Kind::restart, 1}, Row{true, 5, kPlanned, Kind::nothing, 0},
        Row{true, 0, kCrash, Kind::give_up, 0}, Row{true, 0, kPlanned, Kind::nothing, 0},
        Row{true, 1, kCrash, Kind::restart, 1}}) {
    RestartPolicy policy({.auto_restart = row.auto_restart, .max_attempts = row.max_attempts});
    EXPECT_EQ(policy.exited(kStart, row.planned, kLeast).kind, row.kind);
    EXPECT_EQ(policy.attempts(), row.attempts);
  }
}

TEST(RestartPolicy, OnlyAStableTimeStartsTheCountAnew) {
  RestartPolicy policy({.auto_restart = true, .max_attempts = 2});
  Time now = kStart;
  const auto crash_after = [&](std::chrono::nanoseconds lived) {
    policy.ready(now);
    now += lived;
    return policy.exited(now, kCrash, kLeast).kind;
  };
  EXPECT_EQ(crash_after(9999ms), Kind::restart);
  EXPECT_EQ(crash_after(9999ms), Kind::restart);
  EXPECT_EQ(crash_after(10s), Kind::restart) << "stable for long enough";
  EXPECT_EQ(policy.attempts(), 1);
  EXPECT_EQ(crash_after(9999ms), Kind::restart);
  now += 1h;
  EXPECT_EQ(policy.exited(now, kCrash, kLeast).kind, Kind::give_up)
      << "it was not ready meanwhile, so that was no stable time";
  policy.reset();
  EXPECT_EQ(policy.exited(now, kCrash, kLeast).kind, Kind::restart) << "start() begins anew";
}

TEST(RestartPolicy, PlannedStopsNeverCount) {
  RestartPolicy policy({.auto_restart = true, .max_attempts = 1});
  for (int i = 0; i < 20; ++i) {
    policy.ready(kStart);
    EXPECT_EQ(policy.exited(kStart + 1s, kPlanned, kLeast).kind, Kind::nothing);
  }
  EXPECT_EQ(policy.attempts(), 0);
  EXPECT_EQ(policy.exited(kStart, kCrash, kLeast).kind, Kind::restart);
}

TEST(RestartPolicy, SurvivesExtremeOptions) {
  RestartPolicy never_waits({.auto_restart = true, .max_attempts = 3, .first_delay = 0ns});
  EXPECT_EQ(never_waits.exited(kStart, kCrash, kMost).at, kStart);
  EXPECT_EQ(never_waits.exited(kStart, kCrash, kMost).at, kStart);
  RestartPolicy patient({.auto_restart = true,
                         .max_attempts = 1000,
                         .first_delay = 1ns,
                         .longest_delay = std::chrono::hours(24 * 365)});
  for (int i = 0; i < 1000; ++i) {
    const auto decision = patient.exited(kStart, kCrash, kMost);
    ASSERT_GE(decision.at, kStart);
    ASSERT_LE(decision.at, kStart + std::chrono::hours(24 * 365));
  }
}

TEST(RestartPolicy, KeepsItsBoundInRandomSequences) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const RestartPolicy::Options options{.auto_restart = true,
                                         .max_attempts = static_cast<int>(random() % 6)};
    RestartPolicy policy(options);
    Time now = kStart;
    int in_a_row = 0;
    for (int step = 0; step < 200; ++step) {
      std::chrono::nanoseconds ready_for(0);
      const bool becomes_ready = random() % 2 == 0;
      if (becomes_ready) {
        policy.ready(now);
        ready_for = std::chrono::milliseconds(random() % 20000);
      }
      now += ready_for;
      const bool planned = random() % 10 == 0;
      const auto decision = policy.exited(now, planned, random());
      if (becomes_ready && ready_for >= options.stable_after) in_a_row = 0;
      if (planned) {
        ASSERT_EQ(decision.kind, Kind::nothing);
      } else if (in_a_row < options.max_attempts) {
        ASSERT_EQ(decision.kind, Kind::restart);
        ++in_a_row;
        ASSERT_GE(decision.at - now, options.first_delay / 2);
        ASSERT_LE(decision.at - now, options.longest_delay);
        now = decision.at;
      } else {
        ASSERT_EQ(decision.kind, Kind::give_up);
      }
      ASSERT_EQ(policy.attempts(), in_a_row);
    }
  }
}

}  // namespace
}  // namespace multifrost::engine
