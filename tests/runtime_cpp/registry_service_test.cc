// The registry as its users see it: entering, finding, leaving, beside all kinds of neighbours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <deque>
#include <random>
#include <vector>

#include "registry/process_identity.h"
#include "registry/registry.h"
#include "registry_support.h"

namespace multifrost::registry {
namespace {

using testing::HasSubstr;
using testing::Not;

class RegistryService : public RegistryTest {};

std::vector<std::string> ids_of(const Registry& registry) {
  std::vector<std::string> ids;
  const auto services = registry.services();
  EXPECT_TRUE(services.ok());
  for (const Service& service : *services) ids.push_back(service.id);
  return ids;
}

TEST_F(RegistryService, ComesAndGoesWithItsRegistration) {
  {
    const auto mine = registry().add("me", 5555);
    ASSERT_TRUE(mine.ok());
    const auto found = registry().find("me");
    ASSERT_TRUE(found.ok() && found->has_value());
    EXPECT_EQ((*found)->port, 5555);
    EXPECT_EQ((*found)->pid, ::getpid());
    EXPECT_EQ(names_in(folder()), std::set<std::string>{"services.json"});
  }
  EXPECT_FALSE(registry().find("me")->has_value());
  EXPECT_EQ(text_of(path()), "{}\n");
  EXPECT_EQ(names_in(folder()), std::set<std::string>{"services.json"});
}

TEST_F(RegistryService, IsInTheHomeFolderByDefault) {
  EXPECT_EQ(default_folder(), std::string(std::getenv("HOME")) + "/.multifrost");
}

TEST_F(RegistryService, KeepsItselfToItsUser) {
  ASSERT_TRUE(registry().file().prepare().ok());
  struct stat info {};
  ASSERT_EQ(::stat(folder().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0700u);
  EXPECT_EQ(text_of(path()), "{}\n") << "JavaScript's implementation fails without it";
}

TEST_F(RegistryService, KeepsTheModeOfTheFile) {
  write("{}");
  ::chmod(path().c_str(), 0640);
  const auto mine = registry().add("me", 5555);
  struct stat info {};
  ASSERT_EQ(::stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0640u);
}

TEST_F(RegistryService, RefusesAnIdThatIsTaken) {
  const auto first = registry().add("me", 5555);
  const auto second = registry().add("me", 6000);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.failure().code(), ErrorCode::registry);
  EXPECT_THAT(second.failure().message(), HasSubstr("registered already by pid " +
                                                    std::to_string(::getpid()) + " at port 5555"));
  EXPECT_EQ((*registry().find("me"))->port, 5555);
}

TEST_F(RegistryService, RefusesAnIdThatIsNone) {
  EXPECT_EQ(registry().add("", 5555).failure().code(), ErrorCode::registry);
  EXPECT_EQ(registry().add("\xff", 5555).failure().code(), ErrorCode::registry);
}

TEST_F(RegistryService, TakesThePlaceOfTheDead) {
  write(R"({"me": {"port": 1, "pid": )" + std::to_string(dead_pid()) + R"(, "note": "kept"}})");
  const auto mine = registry().add("me", 5555);
  ASSERT_TRUE(mine.ok());
  EXPECT_THAT(text_of(path()), HasSubstr(R"("note": "kept")"));
}

TEST_F(RegistryService, TakesThePlaceOfAKilledOne) {
  OtherProcess service([this](OtherProcess& self) {
    const auto mine = registry().add("me", 5555);
    self.say();
    self.wait_for_go();
    return mine.ok();
  });
  ASSERT_TRUE(service.has_said());
  EXPECT_EQ((*registry().find("me"))->pid, service.pid());
  service.kill();
  EXPECT_FALSE(registry().find("me")->has_value());
  EXPECT_THAT(text_of(path()), HasSubstr("\"me\"")) << "nobody has removed it";
  EXPECT_TRUE(registry().add("me", 6000).ok());
}

TEST_F(RegistryService, IsNotTheProcessThatHasItsPidNow) {
  const std::string pid = std::to_string(::getpid());
  // A foreign entry, written long before this process began; ours, of another process.
  for (const std::string& more :
       {std::string(R"("started": "2001-02-11T12:00:00")"),
        std::string(R"("started": "2001-02-11T12:00:00.5Z")"),
        std::string(R"("start_time": "2001-02-11T12:00:00Z", "started": "2099-01-01T00:00:00")"),
        std::string(R"("started": "981892800")"), std::string(R"("started": 981892800)"),
        std::string(R"("started": "2099-01-01T00:00:00Z", "process_start": "another-boot/12")")}) {
    write(R"({"me": {"port": 6000, "pid": )" + pid + ", " + more + "}}");
    EXPECT_FALSE(registry().find("me")->has_value()) << more;
    EXPECT_TRUE(registry().add("me", 5555).ok()) << more;
  }
}

TEST_F(RegistryService, IsLiveWhenNothingSaysOtherwise) {
  const std::string pid = std::to_string(::getpid());
  for (const std::string& more :
       {std::string(), std::string(R"(, "started": "nonsense")"),
        std::string(R"(, "started": "2099-01-01T00:00:00Z")"), std::string(R"(, "started": [])"),
        // The clock was set since: the identity decides.
        R"(, "started": "2001-01-01T00:00:00Z", "process_start": ")" + identity_of(::getpid()) +
            "\""}) {
    write(R"({"me": {"port": 6000, "pid": )" + pid + more + "}}");
    EXPECT_TRUE(registry().find("me")->has_value()) << more;
  }
}

TEST_F(RegistryService, LeavesWhatIsNotItsOwn) {
  const std::string other = R"("pid": )" + std::to_string(::getppid());
  {
    const auto mine = registry().add("me", 5555);
    write(R"({"me": {"port": 5555, )" + other + "}}");
  }
  EXPECT_THAT(text_of(path()), HasSubstr(other));
}

TEST_F(RegistryService, IsNotWithdrawnByAForkedChild) {
  auto mine = registry().add("me", 5555);
  OtherProcess child([&](OtherProcess&) { return mine->withdraw().ok(); });
  EXPECT_TRUE(child.ended_well());
  EXPECT_TRUE(registry().find("me")->has_value());
}

TEST_F(RegistryService, SetsACorruptFileAside) {
  const std::string corrupt = R"({"me": {"port")";
  write(corrupt);
  EXPECT_FALSE(registry().find("me")->has_value()) << "while it may be in the middle of a write";
  const auto mine = registry().add("me", 5555);
  ASSERT_TRUE(mine.ok());
  auto names = names_in(folder());
  EXPECT_EQ(names.erase("services.json"), 1u);
  ASSERT_EQ(names.size(), 1u);
  EXPECT_THAT(*names.begin(), testing::StartsWith("services.json.corrupt-"));
  EXPECT_EQ(text_of(std::filesystem::path(folder()) / *names.begin()), corrupt);
}

TEST_F(RegistryService, WaitsForAWriterThatHasNoLocks) {
  write("");
  OtherProcess service([this](OtherProcess& self) {
    self.say();
    return registry().add("me", 5555).ok();
  });
  ASSERT_TRUE(service.has_said());
  write(R"({"other": {"port": 1, "pid": 1}})");
  EXPECT_TRUE(service.ended_well());
  EXPECT_THAT(text_of(path()), HasSubstr("other"));
}

TEST_F(RegistryService, SaysWhenTheFileCannotBeRead) {
  write("{}");
  std::filesystem::remove(path());
  std::filesystem::create_directory(path());
  const auto mine = registry().add("me", 5555);
  ASSERT_FALSE(mine.ok());
  EXPECT_THAT(mine.failure().message(), HasSubstr("cannot read " + path().string()));
  EXPECT_FALSE(registry().find("me").ok());
}

TEST_F(RegistryService, LeavesTheOldFileWhenTheDiskIsFull) {
  const std::string old =
      R"({"other": {"port": 1, "pid": 1, "note": ")" + std::string(200, 'x') + R"("}})";
  write(old);
  OtherProcess service([this](OtherProcess&) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit little{.rlim_cur = 100, .rlim_max = 100};
    ::setrlimit(RLIMIT_FSIZE, &little);
    const auto mine = registry().add("me", 5555);
    return !mine.ok() && mine.failure().code() == ErrorCode::registry &&
           mine.failure().message().find("which stays as it was: File too large") !=
               std::string::npos;
  });
  EXPECT_TRUE(service.ended_well());
  EXPECT_EQ(text_of(path()), old);
  EXPECT_EQ(names_in(folder()), std::set<std::string>{"services.json"}) << "nothing is left behind";
}

TEST_F(RegistryService, ManyEnterAndLeaveAtOnce) {
  constexpr int kProcesses = 16;
  std::vector<OtherProcess> processes;
  for (int i = 0; i < kProcesses; ++i) {
    processes.emplace_back([this, i](OtherProcess& self) {
      self.wait_for_go();
      auto mine = registry().add("s" + std::to_string(i), 5000);
      self.say();
      self.wait_for_go();
      return mine.ok() && mine->withdraw().ok();
    });
  }
  for (const auto& process : processes) process.go();
  for (const auto& process : processes) EXPECT_TRUE(process.has_said());
  EXPECT_EQ(ids_of(registry()).size(), static_cast<std::size_t>(kProcesses));
  for (const auto& process : processes) process.go();
  for (auto& process : processes) EXPECT_TRUE(process.ended_well());
  EXPECT_EQ(text_of(path()), "{}\n");
  EXPECT_EQ(names_in(folder()), std::set<std::string>{"services.json"});
}

TEST_F(RegistryService, OneOfManyGetsAnId) {
  constexpr int kProcesses = 16;
  std::vector<OtherProcess> processes;
  for (int i = 0; i < kProcesses; ++i) {
    processes.emplace_back([this](OtherProcess& self) {
      self.wait_for_go();
      const auto mine = registry().add("me", 5000);
      self.say();
      self.wait_for_go();
      return mine.ok();
    });
  }
  for (const auto& process : processes) process.go();
  for (const auto& process : processes) EXPECT_TRUE(process.has_said());
  for (const auto& process : processes) process.go();
  int winners = 0;
  for (auto& process : processes) winners += process.ended_well() ? 1 : 0;
  EXPECT_EQ(winners, 1);
}

/// Enters and leaves when it is told to. `owners` holds, for each id, who has it: whoever gets an
/// id must find that its former owner is gone.
bool come_and_go(const Registry& registry, const std::filesystem::path& owners, unsigned seed,
                 const OtherProcess& self) {
  std::minstd_rand random(seed);
  for (;;) {
    self.wait_for_go();
    const std::string id = "s" + std::to_string(random() % 3);
    auto mine = registry.add(id, 5000);
    self.say();
    if (!mine) {
      if (mine.failure().message().find("registered already") == std::string::npos) return false;
      continue;
    }
    pid_t former = 0;
    std::ifstream(owners / id) >> former;
    if (is_alive(former)) return false;
    std::ofstream(owners / id) << ::getpid();
    pid_t owner = 0;
    std::ifstream(owners / id) >> owner;
    if (owner != ::getpid()) return false;
    std::filesystem::remove(owners / id);
    if (!mine->withdraw().ok()) return false;
  }
}

TEST_F(RegistryService, KeepsItsWordWhoeverIsKilledWhenever) {
  constexpr std::size_t kProcesses = 6;
  constexpr int kKills = 30;
  const process::TemporaryFolder owners;
  std::minstd_rand random(4711);
  const auto start = [&] {
    return OtherProcess([&, seed = static_cast<unsigned>(random())](OtherProcess& self) {
      return come_and_go(registry(), owners.path(), seed, self);
    });
  };
  std::deque<OtherProcess> processes;
  for (std::size_t i = 0; i < kProcesses; ++i) processes.push_back(start());
  for (int kill = 0; kill < kKills; ++kill) {
    for (const auto& process : processes) process.go();
    // Kills the oldest wherever it is when so many others have entered.
    const std::size_t before = random() % (kProcesses - 1) + 1;
    for (std::size_t i = 1; i <= before; ++i) ASSERT_TRUE(processes[i].has_said());
    processes.pop_front();
    for (std::size_t i = before; i < kProcesses - 1; ++i) ASSERT_TRUE(processes[i].has_said());
    processes.push_back(start());
  }
  processes.clear();
  EXPECT_TRUE(registry().add("after", 5000).ok());
}

}  // namespace
}  // namespace multifrost::registry
