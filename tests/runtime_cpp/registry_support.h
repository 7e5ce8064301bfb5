// What the registry's tests share: a registry of their own, other processes, ports.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "loopback_listener.h"
#include "process/unique_fd.h"
#include "process_support.h"
#include "registry/registry.h"

namespace multifrost::registry {

/// Every file of a folder, by name.
inline std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A process that runs `body` and lives until it is let go or killed.
class OtherProcess {
 public:
  /// `body` returns whether all went well; it may call said() and wait_for_go().
  template <class Body>
  explicit OtherProcess(Body body) {
    int up[2];
    int down[2];
    if (::pipe(up) != 0 || ::pipe(down) != 0) ADD_FAILURE() << "no pipes";
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(up[0]);
      ::close(down[1]);
      to_test_.reset(up[1]);
      from_test_.reset(down[0]);
      ::_exit(body(*this) ? 0 : 1);
    }
    ::close(up[1]);
    ::close(down[0]);
    from_child_.reset(up[0]);
    to_child_.reset(down[1]);
  }
  OtherProcess(OtherProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)),
        from_child_(std::move(other.from_child_)),
        to_child_(std::move(other.to_child_)) {}
  OtherProcess& operator=(OtherProcess&&) = delete;
  ~OtherProcess() {
    if (pid_ > 0) kill();
  }

  pid_t pid() const noexcept { return pid_; }

  // ---- in the process
  void say() const { EXPECT_EQ(::write(to_test_.get(), "!", 1), 1); }
  void wait_for_go() const { wait_for_byte(from_test_); }

  // ---- in the test
  /// Waits until the process has said something; false: it has ended instead.
  bool has_said() const { return wait_for_byte(from_child_); }
  void go() const { EXPECT_EQ(::write(to_child_.get(), "!", 1), 1); }
  /// Waits for its end; whether its body returned true.
  bool ended_well() {
    int status = 0;
    EXPECT_EQ(::waitpid(std::exchange(pid_, 0), &status, 0) > 0, true);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  void kill() {
    ::kill(pid_, SIGKILL);
    ended_well();
  }

 private:
  static bool wait_for_byte(const process::UniqueFd& from) {
    char byte = 0;
    return ::read(from.get(), &byte, 1) == 1;
  }

  pid_t pid_ = 0;
  process::UniqueFd to_test_, from_test_;    // in the process
  process::UniqueFd from_child_, to_child_;  // in the test
};

/// A pid that was somebody's and is nobody's now.
inline pid_t dead_pid() {
  OtherProcess process([](OtherProcess&) { return true; });
  const pid_t pid = process.pid();
  EXPECT_TRUE(process.ended_well());
  return pid;
}

class RegistryTest : public testing::Test {
 protected:
  std::string folder() const { return parent_.path() / "registry"; }
  std::filesystem::path path() const { return parent_.path() / "registry" / "services.json"; }
  Registry registry() const { return Registry(folder()); }
  /// As another implementation leaves it.
  void write(const std::string& text) const {
    std::filesystem::create_directory(folder());
    std::ofstream(path(), std::ios::binary) << text;
  }

 private:
  process::TemporaryFolder parent_;
};

}  // namespace multifrost::registry
