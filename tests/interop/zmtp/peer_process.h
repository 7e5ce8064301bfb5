// A peer program in a process of its own, spoken with line by line (README.md).
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "process/unique_fd.h"

namespace multifrost::transport::direct {

class PeerProcess {
 public:
  /// Starts the program that ZMTP_PEER names, with these arguments, and waits until it is ready.
  explicit PeerProcess(const std::vector<std::string>& arguments);
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;
  ~PeerProcess();

  /// Where it is bound, or connects to.
  const std::string& endpoint() const noexcept { return endpoint_; }

  void say(std::string_view line);
  /// Readable when there is a line; then line() does not wait long.
  int output() const noexcept { return from_.get(); }
  /// The next line; "" and a failed test when none comes.
  std::string line();

  /// At once, as a crash would.
  void kill() noexcept;

 private:
  pid_t pid_ = -1;
  process::UniqueFd to_, from_;
  std::string endpoint_;
};

}  // namespace multifrost::transport::direct
