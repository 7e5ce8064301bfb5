// The circuit breaker that probes with calls, the letter of spec 7.1.
#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

#include "engine/circuit_breaker.h"

namespace multifrost::engine {
namespace {

using namespace std::chrono_literals;
using Cause = CircuitBreaker::Cause;
using Outcome = CircuitBreaker::Outcome;
using State = CircuitBreaker::State;
using Time = CircuitBreaker::Time;

constexpr Time kStart{1h};
constexpr Time kLater = kStart + 1h;

TEST(ProbeByCall, ToTheLetterOneCallAtATimeIsTheProbe) {
  CircuitBreaker breaker({.threshold = 1, .probe_by_call = true});
  CircuitBreaker::Time now{};
  breaker.connected(1, now);
  EXPECT_EQ(breaker.admit_probe(now), 0u) << "closed: none is needed";
  EXPECT_TRUE(breaker.outcome(1, Outcome::remote_error, now));
  EXPECT_EQ(breaker.probe_at(), std::nullopt) << "no heartbeat is one";
  EXPECT_EQ(breaker.admit_probe(now + 499ms), 0u);
  now += 500ms;
  CircuitBreaker::Probe probe = breaker.admit_probe(now);
  EXPECT_NE(probe, 0u);
  EXPECT_EQ(breaker.admit_probe(now), 0u) << "one at a time";
  breaker.beat_echoed(1);
  EXPECT_EQ(breaker.state(), State::half_open);
  breaker.beat_missed(1, true, now);
  EXPECT_EQ(breaker.state(), State::half_open);
  for (const auto outcome : {Outcome::remote_error, Outcome::deadline, Outcome::cancelled,
                             Outcome::lost, Outcome::unsent}) {
    EXPECT_EQ(breaker.admit_probe(now + 29s), 0u) << "it is waited for";
    EXPECT_FALSE(breaker.probe_ended(probe, 1, outcome, now));
    EXPECT_EQ(breaker.state(), State::open);
    EXPECT_EQ(breaker.admit_probe(now + 999ms), 0u);
    now += 1s;
    probe = breaker.admit_probe(now);
    EXPECT_NE(probe, 0u);
  }
  EXPECT_FALSE(breaker.probe_ended(probe, 1, Outcome::result, now));
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST(ProbeByCall, OtherCallsThanTheProbeLetNoSecondOneOut) {
  CircuitBreaker breaker({.threshold = 1, .probe_by_call = true});
  CircuitBreaker::Time now{};
  breaker.connected(1, now);
  EXPECT_TRUE(breaker.outcome(1, Outcome::remote_error, now));
  now += 500ms;
  EXPECT_TRUE(breaker.may_probe(now));
  const CircuitBreaker::Probe probe = breaker.admit_probe(now);
  // Those that were sent before the circuit opened end only now.
  for (const auto outcome : {Outcome::remote_error, Outcome::deadline, Outcome::cancelled,
                             Outcome::lost, Outcome::unsent}) {
    EXPECT_FALSE(breaker.outcome(1, outcome, now));
    EXPECT_EQ(breaker.state(), State::half_open);
    EXPECT_FALSE(breaker.may_probe(now + 29s));
  }
  // One of them may close it, as may reset(); a probe that is still out then remains the only one.
  EXPECT_FALSE(breaker.outcome(1, Outcome::result, now));
  EXPECT_EQ(breaker.state(), State::closed);
  EXPECT_TRUE(breaker.outcome(1, Outcome::remote_error, now));
  EXPECT_EQ(breaker.admit_probe(now + 29s), 0u);
  EXPECT_FALSE(breaker.probe_ended(probe, 1, Outcome::remote_error, now)) << "as any other's end";
  EXPECT_NE(breaker.admit_probe(now + 500ms), 0u);
}

TEST(ProbeByCall, ACallThatIsTheProbeMayWaitForTheNextConnection) {
  CircuitBreaker breaker({.threshold = 1, .probe_by_call = true});
  breaker.connected(1, kStart);
  breaker.outcome(1, Outcome::remote_error, kStart);
  CircuitBreaker::Probe probe = breaker.admit_probe(kLater);
  breaker.connected(2, kLater);
  EXPECT_EQ(breaker.state(), State::half_open);
  EXPECT_EQ(breaker.admit_probe(kLater + 29s), 0u);
  EXPECT_FALSE(breaker.probe_ended(probe, 1, Outcome::result, kLater)) << "of the older connection";
  EXPECT_EQ(breaker.state(), State::open);
  probe = breaker.admit_probe(kLater + 1s);
  EXPECT_FALSE(breaker.probe_ended(probe, 2, Outcome::result, kLater + 1s));
  EXPECT_EQ(breaker.state(), State::closed);
  // Without one the new connection is probed at once.
  breaker.outcome(2, Outcome::remote_error, kLater);
  breaker.connected(3, kLater);
  EXPECT_NE(breaker.admit_probe(kLater), 0u);
}

TEST(ProbeByCall, AProbeThatNeverEndsMakesWayForTheNextAfterAWhile) {
  CircuitBreaker breaker({.threshold = 1, .probe_by_call = true});
  breaker.connected(1, kStart);
  breaker.outcome(1, Outcome::remote_error, kStart);
  const CircuitBreaker::Probe first = breaker.admit_probe(kLater);
  EXPECT_FALSE(breaker.may_probe(kLater + 29s));
  const Time now = kLater + 30s;
  EXPECT_EQ(breaker.state(), State::half_open) << "nobody has asked yet";
  const CircuitBreaker::Probe second = breaker.admit_probe(now);
  EXPECT_NE(second, 0u);
  EXPECT_NE(second, first);
  EXPECT_FALSE(breaker.may_probe(now + 29s)) << "one at a time, all the same";
  EXPECT_FALSE(breaker.probe_ended(first, 1, Outcome::remote_error, now));
  EXPECT_EQ(breaker.state(), State::half_open) << "it decides nothing any more";
  EXPECT_FALSE(breaker.may_probe(now + 29s));
  EXPECT_FALSE(breaker.probe_ended(second, 1, Outcome::remote_error, now));
  EXPECT_EQ(breaker.state(), State::open);
  const CircuitBreaker::Probe third = breaker.admit_probe(now + 1s);
  EXPECT_FALSE(breaker.probe_ended(second, 1, Outcome::result, now + 1s));
  EXPECT_EQ(breaker.state(), State::closed) << "the success of any call";
  // The same holds where the circuit has closed and opened again.
  EXPECT_TRUE(breaker.outcome(1, Outcome::remote_error, now + 2s));
  EXPECT_FALSE(breaker.may_probe(now + 30s));
  EXPECT_TRUE(breaker.may_probe(now + 31s));
  EXPECT_FALSE(breaker.probe_ended(third, 1, Outcome::result, now + 31s));
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST(ProbeByCall, NeverHasTwoCallsOutAsProbesInRandomSequences) {
  int probes = 0, given_up = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    CircuitBreaker breaker({.threshold = 2, .probe_by_call = true, .probe_patience = 5s});
    Time now = kStart;
    CircuitBreaker::Epoch epoch = 1;
    breaker.connected(epoch, now);
    CircuitBreaker::Probe out = 0;
    Time out_since{};
    std::vector<CircuitBreaker::Probe> forgotten;
    for (int step = 0; step < 400; ++step) {
      now += std::chrono::milliseconds(random() % 400);
      const auto of = random() % 4 != 0 ? epoch : epoch - 1;
      const auto ending = static_cast<Outcome>(random() % 7);
      const State before = breaker.state();
      switch (random() % 8) {
        case 0: {
          const CircuitBreaker::Probe admitted = breaker.admit_probe(now);
          if (admitted == 0) break;
          ASSERT_TRUE(out == 0 || now >= out_since + 5s) << "a second one";
          ASSERT_TRUE(before == State::open || out != 0);
          if (out != 0) forgotten.push_back(out);
          out = admitted;
          out_since = now;
          ++probes;
          break;
        }
        case 1:
          if (out != 0 && random() % 3 == 0) {
            breaker.probe_ended(std::exchange(out, 0), of, ending, now);
          } else if (!forgotten.empty()) {
            ++given_up;
            const bool decides = ending == Outcome::result || ending == Outcome::declared_error;
            breaker.probe_ended(forgotten.back(), of, ending, now);
            forgotten.pop_back();
            ASSERT_TRUE(decides || breaker.state() == before || before == State::closed);
          }
          break;
        case 2:
          breaker.connected(++epoch, now);
          break;
        case 3:
          if (random() % 8 == 0) breaker.reset();
          break;
        case 4:
          if (random() % 8 == 0) breaker.force_open(Cause::worker_exited, now);
          break;
        default:
          breaker.outcome(of, ending, now);
          break;
      }
      ASSERT_TRUE(out != 0 || breaker.state() != State::half_open) << "half-open for nothing";
      const bool open = breaker.state() == State::open || breaker.state() == State::half_open;
      ASSERT_EQ(breaker.may_probe(now + 1h), open);
      ASSERT_FALSE(out != 0 && breaker.may_probe(out_since + 4999ms));
    }
  }
  EXPECT_GT(probes, 100);
  EXPECT_GT(given_up, 10);
}

}  // namespace
}  // namespace multifrost::engine
