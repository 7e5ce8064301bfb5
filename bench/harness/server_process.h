// The server of a peer that does not start its own: a child process that prints `READY ADDRESS`
// when it can be called.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace bench {

class ServerProcess {
 public:
  /// Starts `words[0]` with the others as its arguments.
  explicit ServerProcess(const std::vector<std::string>& words);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  /// Kills and reaps it.
  ~ServerProcess();

  pid_t id() const noexcept { return id_; }
  /// Waits until the server is ready; where it listens.
  std::string address();

 private:
  pid_t id_ = -1;
  int output_ = -1;
};

/// For servers, first: dies with the client, takes its core.
void begin_server();
/// For servers, once they can be called.
void announce_ready(const std::string& address);
/// A path for a server's Unix socket in the working directory, which the runner empties.
std::string socket_path(const std::string& peer);

}  // namespace bench
