// The circuit breaker: every state with every event against its table (spec 7.1, R5), and random
// sequences against what must always hold.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "engine/circuit_breaker.h"

namespace multifrost::engine {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;
using Outcome = CircuitBreaker::Outcome;
using Cause = CircuitBreaker::Cause;
using Time = CircuitBreaker::Time;

constexpr CircuitBreaker::Epoch kNow = 7;
constexpr CircuitBreaker::Epoch kOlder = 6;
constexpr Time kStart{};
constexpr Time kLater = kStart + 1h;

CircuitBreaker in(State state, CircuitBreaker::Options options = {}) {
  options.enabled = state != State::disabled;
  CircuitBreaker breaker(options);
  breaker.connected(kNow, kStart);
  if (state == State::forced_open) breaker.force_open(Cause::worker_exited, kStart);
  if (state == State::open || state == State::half_open) breaker.beat_missed(kNow, true, kStart);
  if (state == State::half_open) breaker.probe_sent(*breaker.probe_at());
  EXPECT_EQ(breaker.state(), state);
  return breaker;
}

constexpr State kStates[] = {State::closed, State::open, State::half_open, State::forced_open,
                             State::disabled};

struct Event {
  const char* name;
  bool (*run)(CircuitBreaker& breaker, CircuitBreaker::Epoch epoch);
  State after[5];  ///< from each of kStates
  bool has_epoch = true;
};

bool outcome(CircuitBreaker& breaker, CircuitBreaker::Epoch epoch, Outcome outcome, int times) {
  bool tripped = false;
  while (times-- > 0) tripped = breaker.outcome(epoch, outcome, kLater) || tripped;
  return tripped;
}

using Run = CircuitBreaker;
using E = CircuitBreaker::Epoch;

const Event kEvents[] = {
    {"a result",
     [](Run& b, E e) { return outcome(b, e, Outcome::result, 1); },
     {State::closed, State::closed, State::closed, State::forced_open, State::disabled}},
    {"a declared error",
     [](Run& b, E e) { return outcome(b, e, Outcome::declared_error, 9); },
     {State::closed, State::closed, State::closed, State::forced_open, State::disabled}},
    {"four failures",
     [](Run& b, E e) { return outcome(b, e, Outcome::remote_error, 4); },
     {State::closed, State::open, State::half_open, State::forced_open, State::disabled}},
    {"five failures",
     [](Run& b, E e) { return outcome(b, e, Outcome::remote_error, 5); },
     {State::open, State::open, State::half_open, State::forced_open, State::disabled}},
    {"five deadlines",
     [](Run& b, E e) { return outcome(b, e, Outcome::deadline, 5); },
     {State::open, State::open, State::half_open, State::forced_open, State::disabled}},
    {"lost calls",
     [](Run& b, E e) { return outcome(b, e, Outcome::lost, 9); },
     {State::closed, State::open, State::half_open, State::forced_open, State::disabled}},
    {"unsent calls",
     [](Run& b, E) { return outcome(b, 0, Outcome::unsent, 9); },
     {State::closed, State::open, State::half_open, State::forced_open, State::disabled},
     false},
    {"cancelled calls",
     [](Run& b, E e) { return outcome(b, e, Outcome::cancelled, 9); },
     {State::closed, State::open, State::half_open, State::forced_open, State::disabled}},
    {"a miss",
     [](Run& b, E e) { return b.beat_missed(e, false, kLater); },
     {State::closed, State::open, State::open, State::forced_open, State::disabled}},
    {"the last miss",
     [](Run& b, E e) { return b.beat_missed(e, true, kLater); },
     {State::open, State::open, State::open, State::forced_open, State::disabled}},
    {"an echo",
     [](Run& b, E e) { return b.beat_echoed(e), false; },
     {State::closed, State::open, State::closed, State::forced_open, State::disabled}},
    {"a heartbeat sent",
     [](Run& b, E) { return b.probe_sent(kLater), false; },
     {State::closed, State::half_open, State::half_open, State::forced_open, State::disabled},
     false},
    {"a heartbeat sent too early",
     [](Run& b, E) { return b.probe_sent(kStart), false; },
     {State::closed, State::open, State::half_open, State::forced_open, State::disabled},
     false},
    {"a probe not sent",
     [](Run& b, E) { return b.probe_unsent(kLater), false; },
     {State::closed, State::open, State::half_open, State::forced_open, State::disabled},
     false},
    {"a connection",
     [](Run& b, E) { return b.connected(kNow + 1, kLater), false; },
     {State::closed, State::open, State::open, State::forced_open, State::disabled},
     false},
    {"force_open",
     [](Run& b, E) { return b.force_open(Cause::restarts_exhausted, kLater); },
     {State::forced_open, State::forced_open, State::forced_open, State::forced_open,
      State::disabled},
     false},
    {"reset",
     [](Run& b, E) { return b.reset(), false; },
     {State::closed, State::closed, State::closed, State::closed, State::disabled},
     false},
};

TEST(CircuitBreaker, ObeysItsTable) {
  for (std::size_t row = 0; row < std::size(kStates); ++row) {
    for (const Event& event : kEvents) {
      SCOPED_TRACE(std::string(event.name) + " in state " + std::to_string(row));
      CircuitBreaker breaker = in(kStates[row]);
      const bool admitted = breaker.admits();
      const bool tripped = event.run(breaker, kNow);
      EXPECT_EQ(breaker.state(), event.after[row]);
      EXPECT_EQ(tripped, admitted && !breaker.admits()) << "a trip is what stops calls";
      EXPECT_EQ(breaker.probe_at().has_value(), breaker.state() == State::open);
      EXPECT_EQ(breaker.opened_at().has_value(), !breaker.admits());
      EXPECT_EQ(breaker.cause() == Cause::none, breaker.admits());
    }
  }
}

TEST(CircuitBreaker, ResultsOfAnOlderConnectionChangeNothing) {
  for (const State state : kStates) {
    for (const Event& event : kEvents) {
      if (!event.has_epoch) continue;
      SCOPED_TRACE(event.name);
      CircuitBreaker breaker = in(state);
      const auto failures = breaker.failures();
      const auto probe = breaker.probe_at();
      EXPECT_FALSE(event.run(breaker, kOlder));
      EXPECT_EQ(breaker.state(), state);
      EXPECT_EQ(breaker.failures(), failures);
      EXPECT_EQ(breaker.probe_at(), probe);
    }
  }
}

TEST(CircuitBreaker, CountsFailuresInARow) {
  CircuitBreaker breaker = in(State::closed, {.threshold = 3});
  const auto take = [&](Outcome what) { return breaker.outcome(kNow, what, kLater); };
  EXPECT_FALSE(take(Outcome::remote_error));
  EXPECT_FALSE(take(Outcome::deadline));
  EXPECT_FALSE(take(Outcome::cancelled));
  EXPECT_EQ(breaker.failures(), 2) << "a cancelled call is neither";
  EXPECT_FALSE(breaker.outcome(kOlder, Outcome::result, kLater));
  EXPECT_EQ(breaker.failures(), 2) << "a success of an older connection";
  EXPECT_FALSE(take(Outcome::declared_error));
  EXPECT_EQ(breaker.failures(), 0);
  take(Outcome::remote_error);
  take(Outcome::remote_error);
  breaker.connected(kNow + 1, kLater);
  EXPECT_EQ(breaker.failures(), 0) << "a new connection counts anew";
  EXPECT_FALSE(breaker.outcome(kNow, Outcome::remote_error, kLater));
  EXPECT_EQ(breaker.failures(), 0);
  for (int i = 0; i < 2; ++i) breaker.outcome(kNow + 1, Outcome::remote_error, kLater);
  EXPECT_TRUE(breaker.outcome(kNow + 1, Outcome::remote_error, kLater));
  EXPECT_EQ(breaker.cause(), Cause::calls_failed);
  EXPECT_EQ(breaker.opened_at(), kLater);
}

TEST(CircuitBreaker, CountsLiterallyWhereItIsToldTo) {
  struct Row {
    Outcome outcome;
    bool opens;
  };
  for (const Row& row : {Row{Outcome::result, false}, Row{Outcome::declared_error, true},
                         Row{Outcome::remote_error, true}, Row{Outcome::deadline, true},
                         Row{Outcome::lost, true}, Row{Outcome::cancelled, false}}) {
    CircuitBreaker breaker = in(State::closed, {.literal = true});
    EXPECT_EQ(outcome(breaker, kNow, row.outcome, 5), row.opens) << static_cast<int>(row.outcome);
  }
  CircuitBreaker breaker = in(State::closed, {.literal = true});
  EXPECT_TRUE(outcome(breaker, 0, Outcome::unsent, 5)) << "never sent, so on no connection";
}

TEST(CircuitBreaker, ProbesHalfASecondAfterOpeningThenEverySecond) {
  CircuitBreaker breaker = in(State::open);
  Time now = kStart + 500ms;
  ASSERT_EQ(breaker.probe_at(), now);
  for (int i = 0; i < 3; ++i) {
    breaker.probe_sent(now);
    ASSERT_EQ(breaker.state(), State::half_open);
    now += 3s;
    EXPECT_FALSE(breaker.beat_missed(kNow, false, now)) << "it was open already";
    ASSERT_EQ(breaker.probe_at(), now + 1s);
    now += 1s;
  }
  breaker.probe_unsent(now);
  EXPECT_EQ(breaker.probe_at(), now + 1s);
  EXPECT_EQ(breaker.opened_at(), kStart) << "it never closed";
  breaker.probe_sent(now + 1s);
  breaker.beat_echoed(kNow);
  EXPECT_TRUE(breaker.admits());
  EXPECT_TRUE(breaker.beat_missed(kNow, true, now + 1h));
  EXPECT_EQ(breaker.probe_at(), now + 1h + 500ms) << "the backoff begins anew";
}

TEST(CircuitBreaker, GrowsTheBackoffExponentiallyUpToItsCap) {
  CircuitBreaker breaker = in(State::open, {.first_probe = 100ms, .last_probe = 700ms});
  Time now = kStart + 100ms;
  for (const auto wait : {200ms, 400ms, 700ms, 700ms}) {
    ASSERT_EQ(breaker.probe_at(), now);
    breaker.probe_sent(now);
    breaker.beat_missed(kNow, true, now);
    now += wait;
  }
}

TEST(CircuitBreaker, ProbesANewConnectionAtOnce) {
  for (const State state : {State::open, State::half_open}) {
    CircuitBreaker breaker = in(state);
    breaker.connected(kNow + 1, kLater);
    EXPECT_EQ(breaker.probe_at(), kLater);
    breaker.probe_sent(kLater);
    breaker.beat_echoed(kNow);
    EXPECT_EQ(breaker.state(), State::half_open) << "an echo of the older connection";
    breaker.beat_echoed(kNow + 1);
    EXPECT_EQ(breaker.state(), State::closed);
  }
}

TEST(CircuitBreaker, TakesItsThresholdFromTheRestarts) {
  EXPECT_EQ(CircuitBreaker::default_threshold(5), 5);
  EXPECT_EQ(CircuitBreaker::default_threshold(0), 1);
  EXPECT_EQ(CircuitBreaker::default_threshold(-3), 1);
}

TEST(CircuitBreaker, KeepsItsPromisesInRandomSequences) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const int threshold = 1 + static_cast<int>(random() % 6);
    CircuitBreaker breaker({.threshold = threshold});
    Time now = kStart;
    CircuitBreaker::Epoch epoch = 1;
    breaker.connected(epoch, now);
    int in_a_row = 0;
    for (int step = 0; step < 400; ++step) {
      now += std::chrono::milliseconds(random() % 400);
      const State before = breaker.state();
      const bool current = random() % 4 != 0;
      const auto of = current ? epoch : epoch - 1;
      bool tripped = false;
      bool may_trip = false;
      switch (random() % 9) {
        case 0:
        case 1:
          tripped = breaker.outcome(of, Outcome::remote_error, now);
          if (current && before == State::closed) may_trip = ++in_a_row >= threshold;
          break;
        case 2:
          breaker.outcome(of, Outcome::result, now);
          if (current) in_a_row = 0;
          break;
        case 3: {
          const bool too_many = random() % 2 == 0;
          tripped = breaker.beat_missed(of, too_many, now);
          may_trip = too_many && current;
          break;
        }
        case 4:
          breaker.beat_echoed(of);
          break;
        case 5:
          if (breaker.probe_at() && *breaker.probe_at() <= now) breaker.probe_sent(now);
          break;
        case 6:
          breaker.connected(++epoch, now);
          in_a_row = 0;
          break;
        case 7:
          if (random() % 8 == 0) may_trip = tripped = breaker.force_open(Cause::worker_exited, now);
          break;
        default:
          if (random() % 8 != 0) break;
          breaker.reset();
          in_a_row = 0;
          break;
      }
      if (before != State::closed && breaker.state() == State::closed) in_a_row = 0;
      if (breaker.state() == State::closed) {
        ASSERT_EQ(breaker.failures(), in_a_row);
      }
      ASSERT_LT(breaker.failures(), breaker.admits() ? threshold : threshold + 1);
      ASSERT_EQ(tripped, before == State::closed && !breaker.admits());
      ASSERT_TRUE(!tripped || may_trip);
      if (breaker.probe_at()) {
        ASSERT_LE(*breaker.probe_at() - now, 1s);
      }
    }
  }
}

}  // namespace
}  // namespace multifrost::engine
