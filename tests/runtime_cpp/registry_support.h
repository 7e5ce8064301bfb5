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

#include "forked_process.h"
#include "loopback_listener.h"
#include "process/unique_fd.h"
#include "process_support.h"
#include "registry/registry.h"

namespace multifrost::registry {

using process::OtherProcess;

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
