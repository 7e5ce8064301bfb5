// A parent that is killed, and everybody beneath it.
//
// Every process of a parent's family carries a mark in its environment, by which it is found
// whoever its parent is by then.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "chaos_support.h"
#include "process_support.h"

namespace multifrost::chaos {

struct Marked {
  pid_t pid;
  process::UniqueFd pidfd;
};

/// The processes that carry `mark`, this one not among them.
inline std::vector<Marked> marked_with(const std::string& mark) {
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

class Family : public testing::Test {
 protected:
  ~Family() override {
    for (const Marked& left : marked_with(mark_)) ::kill(left.pid, SIGKILL);
  }

  /// `options` and `workers` as chaos_parent takes them.
  process::ChildProcess start_parent(const std::vector<std::string>& options,
                                     const std::vector<std::string>& workers) {
    process::SpawnRequest request;
    request.program = CHAOS_PARENT;
    request.arguments = {"chaos_parent"};
    request.arguments.insert(request.arguments.end(), options.begin(), options.end());
    request.arguments.insert(request.arguments.end(), workers.begin(), workers.end());
    request.environment = process::spawn_environment({{"CHAOS_MARK", mark_}});
    return spawner_.start(request).value();
  }

  /// Until there are so many: a daemon may still be on its way when its shell goes on, and whoever
  /// just turns into another program shows no environment.
  void wait_for_members(std::size_t least) const {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (marked_with(mark_).size() < least) {
      ASSERT_LT(std::chrono::steady_clock::now(), patience) << "there are too few";
      std::this_thread::yield();
    }
  }

  /// Kills the parent, and waits until nobody of its family is left; how long that took, in ms.
  double end_of_family(process::ChildProcess& parent) {
    const auto killed = std::chrono::steady_clock::now();
    EXPECT_EQ(::kill(parent.pid(), SIGKILL), 0);
    for (auto left = marked_with(mark_); !left.empty(); left = marked_with(mark_)) {
      for (const Marked& one : left) {
        if (process::wait_readable(one.pidfd.get())) continue;
        ADD_FAILURE() << "process " << one.pid << " has outlived its parent";
        return 0;
      }
    }
    const double took =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - killed)
            .count();
    EXPECT_EQ(process::wait_for_end(parent).signal, SIGKILL);
    return took;
  }

  static std::string unique_mark() {
    return "family-" + std::to_string(::getpid()) + "-" +
           std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
  }

  const std::string mark_ = unique_mark();
  process::Spawner spawner_;
};

}  // namespace multifrost::chaos
