// The three locks: exclusion among many processes, and what is stale and what is not.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <thread>
#include <vector>

#include "multifrost/error.h"
#include "registry/locks.h"
#include "registry_support.h"

namespace multifrost::registry {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::set<std::string> kNames{"registry.lock", "services.json.lock", "services.lock"};

class RegistryLocks : public testing::TestWithParam<const char*> {
 protected:
  RegistryLocks() { ::chmod(folder_.path().c_str(), 0700); }
  std::string folder() const { return folder_.path().string(); }
  std::string path() const { return folder() + "/" + GetParam(); }
  bool is_folder() const { return std::string_view(GetParam()) == "services.json.lock"; }

  /// The lock as somebody else holds it.
  void hold(pid_t owner) const {
    if (is_folder()) {
      std::filesystem::create_directory(path());
    } else {
      std::ofstream(path()) << owner;
    }
  }
  void make_old() const {
    const timespec times[] = {{.tv_sec = 1000, .tv_nsec = 0}, {.tv_sec = 1000, .tv_nsec = 0}};
    ::utimensat(AT_FDCWD, path().c_str(), times, 0);
  }

 private:
  process::TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Each, RegistryLocks,
                         testing::Values("registry.lock", "services.json.lock", "services.lock"),
                         [](const auto& given) {
                           std::string name = given.param;
                           std::erase(name, '.');
                           return name;
                         });

TEST_P(RegistryLocks, AreTakenTogetherAndLeaveNothing) {
  {
    const auto locks = Locks::take(folder());
    ASSERT_TRUE(locks.ok());
    EXPECT_EQ(names_in(folder()), kNames);
  }
  EXPECT_TRUE(names_in(folder()).empty());
}

TEST_P(RegistryLocks, NameTheHolderWhenTheTimeIsUp) {
  hold(::getppid());
  const auto locks = Locks::take(folder(), 50ms);
  ASSERT_FALSE(locks.ok());
  EXPECT_EQ(locks.failure().code(), ErrorCode::registry);
  EXPECT_THAT(locks.failure().message(), HasSubstr(path() + " is held by "));
  EXPECT_THAT(locks.failure().message(),
              HasSubstr(is_folder() ? "does not name itself" : std::to_string(::getppid())));
  EXPECT_EQ(names_in(folder()), std::set<std::string>{GetParam()}) << "the others are free again";
}

TEST_P(RegistryLocks, LetWaitersInWhenTheyAreReleased) {
  hold(::getppid());
  OtherProcess waiter([this](OtherProcess& self) {
    self.say();
    return Locks::take(folder()).ok();
  });
  ASSERT_TRUE(waiter.has_said());
  std::filesystem::remove(path());
  EXPECT_TRUE(waiter.ended_well());
}

TEST_P(RegistryLocks, OfTheDeadAreCleared) {
  hold(dead_pid());
  if (is_folder()) make_old();  // a foreign one names nobody
  EXPECT_TRUE(Locks::take(folder(), 50ms).ok());
}

TEST_P(RegistryLocks, OfTheDeadAreLeftWhileSomebodyElseClears) {
  hold(dead_pid());
  if (is_folder()) make_old();
  process::UniqueFd clearing(::open(folder().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(clearing.get(), LOCK_EX), 0);
  EXPECT_FALSE(Locks::take(folder(), 20ms).ok());
  clearing.reset();
  EXPECT_TRUE(Locks::take(folder(), 20ms).ok());
}

TEST_P(RegistryLocks, OfAProcessWhosePidIsAnothersNowAreCleared) {
  hold(::getpid());  // which began long after 1970
  make_old();
  EXPECT_TRUE(Locks::take(folder(), 50ms).ok());
}

TEST_P(RegistryLocks, OfAnEndedButUnreapedProcessAreCleared) {
  OtherProcess zombie([](OtherProcess&) { return true; });
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(zombie.pid()), &info, WEXITED | WNOWAIT), 0);
  hold(zombie.pid());
  if (is_folder()) make_old();
  EXPECT_TRUE(Locks::take(folder(), 50ms).ok());
}

TEST_P(RegistryLocks, WithoutANameAreStaleOnlyWhenOld) {
  hold(0);
  if (!is_folder()) std::ofstream(path()) << "";  // created, and not written yet
  EXPECT_FALSE(Locks::take(folder(), 20ms).ok());
  make_old();
  EXPECT_TRUE(Locks::take(folder(), 20ms).ok());
}

TEST_P(RegistryLocks, ThatSomebodyElseHasTakenSinceAreNotReleased) {
  {
    const auto locks = Locks::take(folder());
    ASSERT_TRUE(locks.ok());
    std::filesystem::remove(path());
    hold(::getppid());
  }
  EXPECT_EQ(names_in(folder()), std::set<std::string>{GetParam()});
}

TEST(RegistryLocksOfMany, AllThreeOfAKilledHolderAreClearedAtOnce) {
  const process::TemporaryFolder folder;
  OtherProcess holder([&](OtherProcess& self) {
    const auto locks = Locks::take(folder.path().string());
    self.say();
    self.wait_for_go();
    return locks.ok();
  });
  ASSERT_TRUE(holder.has_said());
  EXPECT_FALSE(Locks::take(folder.path().string(), 20ms).ok());
  holder.kill();
  EXPECT_EQ(names_in(folder.path()), kNames);
  EXPECT_TRUE(Locks::take(folder.path().string(), 0ms).ok());
}

/// Adds one to a number in a file, as only one may do at a time.
bool count_up(const std::string& folder, const std::string& counter) {
  const auto locks = Locks::take(folder);
  if (!locks) return false;
  int count = 0;
  std::ifstream(counter) >> count;
  std::this_thread::yield();
  std::ofstream(counter) << count + 1;
  return true;
}

/// Whoever waits finds a leftover of the dead in his way, many at once: none may clear a lock that
/// another has taken since.
TEST(RegistryLocksOfMany, ExcludeEachOtherBesideLeftovers) {
  constexpr int kProcesses = 12;
  constexpr int kRounds = 20;
  const process::TemporaryFolder folder;
  const process::TemporaryFolder elsewhere;
  const std::string counter = elsewhere.path() / "counter";
  const std::string dead = std::to_string(dead_pid());
  std::vector<OtherProcess> processes;
  for (int i = 0; i < kProcesses; ++i) {
    processes.emplace_back([&](OtherProcess& self) {
      self.wait_for_go();
      for (int round = 0; round < kRounds; ++round) {
        if (!count_up(folder.path().string(), counter)) return false;
        // Dies, so to speak, holding the locks.
        const process::UniqueFd left(
            ::open((folder.path() / "registry.lock").c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600));
        if (!left) continue;
        if (::write(left.get(), dead.data(), dead.size()) < 0) return false;
      }
      return true;
    });
  }
  for (const auto& process : processes) process.go();
  for (auto& process : processes) EXPECT_TRUE(process.ended_well());
  EXPECT_EQ(text_of(counter), std::to_string(kProcesses * kRounds));
}

/// Whoever waits sees locks go, and others take them, at any moment: a lock that was gone a moment
/// ago is no lock to clear.
TEST(RegistryLocksOfMany, ExcludeEachOtherWhileTheyComeAndGo) {
  constexpr int kProcesses = 8;
  constexpr int kRounds = 15;
  const process::TemporaryFolder folder;
  const process::TemporaryFolder elsewhere;
  const std::string counter = elsewhere.path() / "counter";
  std::vector<OtherProcess> processes;
  for (int i = 0; i < kProcesses; ++i) {
    processes.emplace_back([&](OtherProcess& self) {
      self.wait_for_go();
      for (int round = 0; round < kRounds; ++round) {
        if (!count_up(folder.path().string(), counter)) return false;
      }
      return true;
    });
  }
  for (const auto& process : processes) process.go();
  for (auto& process : processes) EXPECT_TRUE(process.ended_well());
  EXPECT_EQ(text_of(counter), std::to_string(kProcesses * kRounds));
}

TEST(RegistryLocksOfMany, ThreadsOfOneProcessExcludeEachOther) {
  const process::TemporaryFolder folder;
  const process::TemporaryFolder elsewhere;
  const std::string counter = elsewhere.path() / "counter";
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) count_up(folder.path().string(), counter);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(text_of(counter), "80");
}

}  // namespace
}  // namespace multifrost::registry
