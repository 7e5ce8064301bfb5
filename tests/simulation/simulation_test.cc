// The whole engine in a simulated world (R4, R5, spec 7, 9.3, 12.1): 1,000 seeds, each with at
// least 20 faults. A failing seed names itself; MULTIFROST_SIMULATION_SEED=N runs it alone.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <ostream>
#include <string>

#include "scenario.h"

namespace multifrost::simulation {
namespace {

std::string replay_text(std::uint64_t seed) {
  return "replay with MULTIFROST_SIMULATION_SEED=" + std::to_string(seed);
}

TEST(Simulation, KeepsEveryPromiseForAThousandSeeds) {
  std::uint64_t first = 1;
  std::uint64_t last = 1000;
  if (const char* const wanted = std::getenv("MULTIFROST_SIMULATION_SEED")) {
    first = last = std::stoull(wanted);
  }
  std::map<std::string, std::uint64_t> seen;
  Report all;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    Scenario scenario(seed);
    const Report report = scenario.run();
    for (const std::string& violation : report.violations) {
      ADD_FAILURE() << violation << "; " << replay_text(seed);
    }
    ASSERT_FALSE(HasFailure()) << "stopped at the first failing seed";
    ASSERT_GE(report.faults, 20u);
    all.calls += report.calls;
    all.late_answers += report.late_answers;
    all.events += report.events;
    for (const auto& [what, count] : scenario.judge().seen()) seen[what] += count;
  }
  for (const auto& [what, count] : seen) RecordProperty(what, std::to_string(count));
  RecordProperty("events", std::to_string(all.events));
  if (first == last) return;
  // A world in which these do not happen proves nothing.
  for (const char* what : {"answered executed",
                           "answered not executed",
                           "deadline unknown",
                           "deadline not executed",
                           "lost unknown",
                           "lost not executed",
                           "cancelled unknown",
                           "cancelled not executed",
                           "opened",
                           "latched",
                           "closed by a probe",
                           "probe by call",
                           "closed by a call",
                           "restarted",
                           "started",
                           "fault: delay",
                           "fault: loss",
                           "fault: crash",
                           "fault: restart",
                           "fault: stop",
                           "fault: freeze",
                           "fault: slow handler",
                           "fault: slow reader",
                           "fault: duplicate",
                           "killed"}) {
    EXPECT_GT(seen[what], 500u) << what;
  }
  EXPECT_GT(seen["terminated"], 100u);
  EXPECT_GT(seen["probe given up"], 100u);
  EXPECT_GT(all.calls, 500'000u);
  EXPECT_GT(all.late_answers, 500u);
}

TEST(Simulation, RunsTheSameTwice) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Scenario one(seed);
    Scenario other(seed);
    const Report first = one.run();
    const Report second = other.run();
    EXPECT_EQ(first.events, second.events);
    EXPECT_EQ(one.judge().seen(), other.judge().seen());
  }
}

struct Mistake {
  const char* name;
  Bug bug;
  const char* invariant;  ///< what tells of it
};

void PrintTo(const Mistake& mistake, std::ostream* to) { *to << "found as " << mistake.invariant; }

std::string name_of(const testing::TestParamInfo<Mistake>& mistake) { return mistake.param.name; }

class SimulationFinds : public testing::TestWithParam<Mistake> {};

TEST_P(SimulationFinds, AMistake) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const std::string& violation : Scenario(seed, GetParam().bug).run().violations) {
      if (!violation.starts_with(GetParam().invariant)) continue;
      ++found;
      break;
    }
  }
  EXPECT_GE(found, 2) << "of 20 seeds";
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, SimulationFinds,
    testing::Values(Mistake{"EndsTwice", Bug::ends_twice, "once"},
                    Mistake{"AnswersToTheId", Bug::answers_to_the_id, "crossed"},
                    Mistake{"OldEpochCounts", Bug::old_epoch_counts, "breaker"},
                    Mistake{"ForgetsSentCalls", Bug::forgets_sent_calls, "once"},
                    Mistake{"SendsAgain", Bug::sends_again, "once"},
                    Mistake{"ClaimsNotExecuted", Bug::claims_not_executed, "verdict"},
                    Mistake{"Overtakes", Bug::overtakes, "order"},
                    Mistake{"RestartsForEver", Bug::restarts_for_ever, "restart"},
                    Mistake{"ForgetsDeadlines", Bug::forgets_deadlines, "metrics"},
                    Mistake{"NeverProbes", Bug::never_probes, "recovery"},
                    Mistake{"ForgetsProbes", Bug::forgets_probes, "breaker"},
                    Mistake{"ProbesInCrowds", Bug::probes_in_crowds, "breaker"},
                    Mistake{"NeverKills", Bug::never_kills, "stop"},
                    Mistake{"SleepsTooLong", Bug::sleeps_too_long, "deadline"}),
    name_of);

}  // namespace
}  // namespace multifrost::simulation
