// Parents that are killed: none of their workers outlives them by more than a second (R7).
#include <gtest/gtest.h>

#include <vector>

#include "family.h"

namespace multifrost::chaos {
namespace {

using ChaosOrphans = Family;

const std::vector<std::string> kOurs{"--", CHAOS_WORKER,
                                     // … behind a shell, and behind two nodes
                                     "--", "/bin/sh", "-c", "\"$0\"; exit $?", CHAOS_WORKER, "--",
                                     CHAOS_SCRIPTS "/wrapper.js", CHAOS_WORKER};
const std::vector<std::string> kForeign{"--", "foreign", "/bin/sh", "-c",
                                        "echo here; exec sleep 1000"};

TEST_F(ChaosOrphans, NobodyOutlivesAKilledParent) {
  const auto parents = figure("CHAOS_PARENTS", 6);
  Random random;
  std::vector<std::string> workers = kOurs;
  workers.insert(workers.end(), kForeign.begin(), kForeign.end());
  double longest = 0;
  for (std::int64_t i = 0; i < parents; ++i) {
    const bool busy = i % 2 == 1;  // stuck handlers: the standby has to end the process
    auto parent = start_parent(
        busy ? std::vector<std::string>{"--busy"} : std::vector<std::string>{}, workers);
    if (i % 3 == 2) {
      // At any moment while it starts.
      process::wait_readable(parent.pipes().out.get(), static_cast<int>(random(0, 300)));
    } else {
      ASSERT_EQ(process::read_line(parent.pipes().out), "ready");
      wait_for_members(5);
    }
    longest = std::max(longest, end_of_family(parent));
  }
  report("longest life after the parent's, ms", longest, "CHAOS_ORPHAN_MS");
}

}  // namespace
}  // namespace multifrost::chaos
