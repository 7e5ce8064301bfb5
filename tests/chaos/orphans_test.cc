// Parents that are killed: none of their workers outlives them by more than a second (R7).
//
// Every process of a parent's family carries a mark in its environment, by which it is found
// whoever its parent is by then.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <sstream>
#include <vector>

#include "chaos_support.h"
#include "process_support.h"

namespace multifrost::chaos {
namespace {

using Clock = std::chrono::steady_clock;

struct Marked {
  pid_t pid;
  process::UniqueFd pidfd;
};

/// The processes that carry `mark`, this one not among them.
std::vector<Marked> marked_with(const std::string& mark) {
  std::vector<Marked> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc()) continue;
    process::UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    // Its environment is empty once it has ended.
    std::stringstream environment;
    environment << std::ifstream(entry.path() / "environ").rdbuf();
    if (!pidfd || environment.str().find(mark) == std::string::npos) continue;
    found.push_back({pid, std::move(pidfd)});
  }
  return found;
}

class ChaosOrphans : public testing::Test {
 protected:
  ~ChaosOrphans() override {
    for (const Marked& left : marked_with(mark_)) ::kill(left.pid, SIGKILL);
  }

  process::ChildProcess start_parent(bool busy, const std::vector<std::string>& workers) {
    process::SpawnRequest request;
    request.program = CHAOS_PARENT;
    request.arguments = {"chaos_parent"};
    if (busy) request.arguments.emplace_back("--busy");
    request.arguments.insert(request.arguments.end(), workers.begin(), workers.end());
    request.environment = process::spawn_environment({{"CHAOS_MARK", mark_}});
    return spawner_.start(request).value();
  }

  /// Kills the parent, and waits until nobody of its family is left; how long that took, in ms.
  double end_of_family(process::ChildProcess& parent) {
    const auto killed = Clock::now();
    EXPECT_EQ(::kill(parent.pid(), SIGKILL), 0);
    for (auto left = marked_with(mark_); !left.empty(); left = marked_with(mark_)) {
      for (const Marked& one : left) {
        if (process::wait_readable(one.pidfd.get())) continue;
        ADD_FAILURE() << "process " << one.pid << " has outlived its parent";
        return 0;
      }
    }
    const double took = std::chrono::duration<double, std::milli>(Clock::now() - killed).count();
    EXPECT_EQ(process::wait_for_end(parent).signal, SIGKILL);
    return took;
  }

  static std::string unique_mark() {
    return "family-" + std::to_string(::getpid()) + "-" +
           std::to_string(Clock::now().time_since_epoch().count());
  }

  const std::string mark_ = unique_mark();
  process::Spawner spawner_;
};

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
    auto parent = start_parent(busy, workers);
    if (i % 3 == 2) {
      // At any moment while it starts.
      process::wait_readable(parent.pipes().out.get(), static_cast<int>(random(0, 300)));
    } else {
      ASSERT_EQ(process::read_line(parent.pipes().out), "ready");
      EXPECT_GT(marked_with(mark_).size(), 4u);
    }
    longest = std::max(longest, end_of_family(parent));
  }
  report("longest life after the parent's, ms", longest, "CHAOS_ORPHAN_MS");
}

}  // namespace
}  // namespace multifrost::chaos
