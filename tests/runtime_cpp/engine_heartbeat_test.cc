// Heartbeats: when they go out, what counts as a miss, and when the misses are too many (spec 7.2).
#include "engine/heartbeat.h"

#include <gtest/gtest.h>

#include <random>

#include "engine/circuit_breaker.h"

namespace multifrost::engine {
namespace {

using namespace std::chrono_literals;
using Due = Heartbeat::Due;
using Time = Heartbeat::Time;

constexpr Time kStart{};

TEST(Heartbeat, BeatsMeasuresAndCountsMisses) {
  const Heartbeat::Time start{};
  Heartbeat beat({.interval = 5s, .timeout = 3s});
  ASSERT_EQ(beat.due(start), Heartbeat::Due::send) << "the first one at once";
  beat.sent({1, 1}, start);
  EXPECT_EQ(beat.due(start + 1s), Heartbeat::Due::nothing);
  EXPECT_FALSE(beat.echoed({9, 9}, start + 1s)) << "a foreign id";
  EXPECT_TRUE(beat.echoed({1, 1}, start + 1s));
  EXPECT_FALSE(beat.echoed({1, 1}, start + 1s)) << "a duplicate";
  EXPECT_EQ(beat.round_trip(), 1s);
  EXPECT_EQ(beat.due(start + 4s), Heartbeat::Due::nothing);
  EXPECT_EQ(beat.next(), start + 5s);
  ASSERT_EQ(beat.due(start + 5s), Heartbeat::Due::send);
  beat.sent({2, 2}, start + 5s);
  EXPECT_EQ(beat.due(start + 8s), Heartbeat::Due::nothing);
  EXPECT_EQ(beat.misses(), 1);
  ASSERT_EQ(beat.due(start + 10s), Heartbeat::Due::send);
  beat.sent({3, 3}, start + 10s);
  EXPECT_TRUE(beat.echoed({3, 3}, start + 11s));
  EXPECT_EQ(beat.misses(), 0);
}

TEST(Heartbeat, AWorkerThatMissesTheFirstOneGetsAnother) {
  const Heartbeat::Time start{};
  Heartbeat beat({.interval = 0s, .timeout = 3s});
  ASSERT_EQ(beat.due(start), Heartbeat::Due::send);
  beat.sent({1, 1}, start);
  ASSERT_EQ(beat.due(start + 3s), Heartbeat::Due::send);
  beat.sent({2, 2}, start + 3s);
  EXPECT_TRUE(beat.echoed({2, 2}, start + 4s));
  EXPECT_EQ(beat.due(start + 1h), Heartbeat::Due::nothing) << "interval 0: no further ones";
  EXPECT_EQ(beat.next(), Heartbeat::Time::max());
}

TEST(Heartbeat, TimesTooLongForTheClockNeverComeDue) {
  const Time start = kStart + 1s;
  Heartbeat beat(
      {.interval = std::chrono::nanoseconds::max(), .timeout = std::chrono::nanoseconds::max()});
  beat.sent({1, 1}, start);
  EXPECT_EQ(beat.next(), Time::max());
  EXPECT_TRUE(beat.echoed({1, 1}, start));
  EXPECT_EQ(beat.next(), Time::max());
  EXPECT_EQ(beat.due(start + 1s), Due::nothing);
}

TEST(Heartbeat, HasTheSpecificationsDefaults) {
  const Heartbeat::Options options;
  EXPECT_EQ(options.interval, 5s);
  EXPECT_EQ(options.timeout, 3s);
  EXPECT_EQ(options.max_misses, 3);
  EXPECT_EQ(options.handler_stall_timeout, 0s) << "a slow handler is none of its business";
}

TEST(Heartbeat, IsExhaustedAfterThreeMissesButNotBeforeTheFirstEcho) {
  Heartbeat beat({});
  Time now = kStart;
  std::uint64_t id = 0;
  const auto miss = [&] {
    now = std::max(now, beat.next());
    ASSERT_EQ(beat.due(now), Due::send);
    beat.sent({1, ++id}, now);
    now += 3s;
    ASSERT_TRUE(beat.expired(now));
    ASSERT_FALSE(beat.expired(now)) << "counted twice";
  };
  for (int i = 0; i < 5; ++i) miss();
  EXPECT_EQ(beat.misses(), 5);
  EXPECT_FALSE(beat.exhausted()) << "it has not started yet";
  beat.sent({1, ++id}, now);
  ASSERT_TRUE(beat.echoed({1, id}, now));
  for (int i = 1; i <= 3; ++i) {
    EXPECT_FALSE(beat.exhausted());
    miss();
    EXPECT_EQ(beat.misses(), i);
  }
  EXPECT_TRUE(beat.exhausted());
  EXPECT_EQ(now, kStart + 15s + 15s + 3s) << "five at once, three at their interval";
  beat.sent({1, ++id}, now);
  beat.echoed({1, id}, now);
  EXPECT_FALSE(beat.exhausted());
}

TEST(Heartbeat, TakesAStuckHandlerForAMissWhereItIsToldTo) {
  struct Row {
    std::chrono::nanoseconds limit;
    std::optional<std::chrono::milliseconds> busy;
    bool stalled;
  };
  for (const Row& row : {Row{0s, 1h, false}, Row{2s, std::nullopt, false}, Row{2s, 0ms, false},
                         Row{2s, 2000ms, false}, Row{2s, 2001ms, true}}) {
    Heartbeat beat({.handler_stall_timeout = row.limit});
    for (std::uint64_t i = 1; i <= 3; ++i) {
      beat.sent({1, i}, kStart);
      EXPECT_TRUE(beat.echoed({1, i}, kStart + 1ms, row.busy));
      EXPECT_EQ(beat.stalled(), row.stalled);
      EXPECT_EQ(beat.round_trip(), 1ms) << "it lives and answers";
    }
    EXPECT_EQ(beat.misses(), row.stalled ? 3 : 0);
    EXPECT_EQ(beat.exhausted(), row.stalled);
    beat.sent({1, 4}, kStart);
    beat.echoed({1, 4}, kStart, 0ms);
    EXPECT_EQ(beat.misses(), 0) << "the handler has ended";
    EXPECT_FALSE(beat.stalled());
  }
}

TEST(Heartbeat, ProbesWhenTheBreakerSaysSo) {
  Heartbeat beat({});
  beat.sent({1, 1}, kStart);
  beat.echoed({1, 1}, kStart);
  beat.sent({1, 2}, kStart + 5s);
  const Heartbeat::Probe probe = kStart + 6s;
  EXPECT_EQ(beat.next(probe), *probe) << "earlier than the timeout of the one that is out";
  EXPECT_EQ(beat.due(kStart + 5500ms, probe), Due::nothing);
  ASSERT_EQ(beat.due(*probe, probe), Due::send);
  beat.sent({1, 3}, *probe);
  EXPECT_FALSE(beat.echoed({1, 2}, *probe)) << "the probe has taken its place";
  EXPECT_EQ(beat.next(), *probe + 3s) << "the probe's own timeout";
  EXPECT_TRUE(beat.expired(*probe + 3s));
  const Heartbeat::Probe second = *probe + 4s;
  EXPECT_EQ(beat.next(second), *second);
  EXPECT_EQ(beat.due(*second - 1ns, second), Due::nothing);
  EXPECT_EQ(beat.due(*second, second), Due::send);
}

// Together with the breaker: the worker is silent from 0 s to 60 s, then well.
TEST(Heartbeat, OpensTheCircuitOfASilentWorkerAndClosesItWithinTwoSecondsOfItsReturn) {
  Heartbeat beat({});
  CircuitBreaker breaker({});
  breaker.connected(1, kStart);
  beat.sent({1, 1}, kStart);
  beat.echoed({1, 1}, kStart);
  std::uint64_t id = 1;
  std::optional<Time> opened;
  std::optional<Time> closed;
  for (Time now = kStart; !closed; now = beat.next(breaker.probe_at())) {
    ASSERT_LT(now, kStart + 10min);
    if (beat.expired(now) && breaker.beat_missed(1, beat.exhausted(), now)) opened = now;
    if (beat.due(now, breaker.probe_at()) != Due::send) continue;
    beat.sent({1, ++id}, now);
    breaker.probe_sent(now);
    if (now < kStart + 60s || !beat.echoed({1, id}, now)) continue;
    breaker.beat_echoed(1);
    if (breaker.admits()) closed = now;
  }
  EXPECT_EQ(opened, kStart + 18s) << "three intervals and a timeout";
  EXPECT_LE(*closed, kStart + 60s + 4s) << "a probe that got lost has its timeout, then 1 s";
}

TEST(Heartbeat, CountsAsASimpleModelDoesInRandomSequences) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Heartbeat beat({.interval = 5s, .timeout = 3s, .max_misses = 3});
    Time now = kStart;
    std::uint64_t id = 0;
    int misses = 0;
    bool alive = false;
    bool out = false;
    Time since = kStart;
    for (int step = 0; step < 300; ++step) {
      now += std::chrono::milliseconds(random() % 2000);
      const bool miss = out && now - since >= 3s;
      ASSERT_EQ(beat.expired(now), miss);
      if (miss) {
        ++misses;
        out = false;
      }
      if (beat.due(now) == Due::send) {
        ASSERT_FALSE(out);
        beat.sent({2, ++id}, now);
        out = true;
        since = now;
      }
      if (random() % 4 == 0) {
        const bool right = out && random() % 3 != 0;
        ASSERT_EQ(beat.echoed({2, right ? id : id + 100}, now), right);
        if (right) {
          misses = 0;
          alive = true;
          out = false;
        }
      }
      ASSERT_EQ(beat.misses(), misses);
      ASSERT_EQ(beat.exhausted(), alive && misses >= 3);
    }
  }
}

}  // namespace
}  // namespace multifrost::engine
