// What the tests of real processes share: a folder for scripts, waiting on descriptors, reading to
// the end.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "process/child_process.h"
#include "process/pipe_reader.h"
#include "process/spawn_environment.h"
#include "process/spawner.h"

namespace multifrost::process {

/// A hang guard, never a measurement.
inline constexpr int kGuardMs = 30'000;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mf-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "mkdtemp " << pattern;
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }

  /// Writes a file and returns its path.
  std::string file(const std::string& name, std::string_view text, mode_t mode = 0644) const {
    const auto path = path_ / name;
    std::ofstream(path, std::ios::binary) << text;
    ::chmod(path.c_str(), mode);
    return path.string();
  }

 private:
  std::filesystem::path path_;
};

inline bool wait_readable(int fd, int timeout_ms = kGuardMs) {
  pollfd entry{fd, POLLIN, 0};
  return ::poll(&entry, 1, timeout_ms) == 1;
}

/// Everything until the end of file.
inline std::string read_all(UniqueFd& pipe) {
  std::string all;
  while (pipe) {
    if (!wait_readable(pipe.get())) {
      ADD_FAILURE() << "no end of file";
      break;
    }
    read_pipe(pipe, [&](std::string_view piece) { all += piece; });
  }
  return all;
}

/// The next line; the child goes on.
inline std::string read_line(const UniqueFd& pipe) {
  std::string line;
  char byte = 0;
  while (wait_readable(pipe.get()) && ::read(pipe.get(), &byte, 1) == 1 && byte != '\n') {
    line += byte;
  }
  return line;
}

inline ExitStatus wait_for_end(ChildProcess& child) {
  EXPECT_TRUE(wait_readable(child.exit_descriptor()));
  auto status = child.try_reap();
  EXPECT_TRUE(status.has_value());
  return status.value_or(ExitStatus{});
}

/// `sh -c text`
inline SpawnRequest shell(std::string text) {
  SpawnRequest request;
  request.program = "/bin/sh";
  request.arguments = {"sh", "-c", std::move(text)};
  request.environment = spawn_environment({});
  return request;
}

}  // namespace multifrost::process
