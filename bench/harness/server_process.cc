#include "harness/server_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "harness/cores.h"
#include "harness/fail.h"

namespace bench {
namespace {

constexpr std::string_view kReady = "READY ";

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& words) {
  std::array<int, 2> pipe{};
  require(::pipe2(pipe.data(), O_CLOEXEC) == 0, "cannot make a pipe");
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  const int error = ::posix_spawn(&id_, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  output_ = pipe[0];
  errno = error;
  require(error == 0, "cannot start " + words[0]);
}

ServerProcess::~ServerProcess() {
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
  ::close(output_);
}

std::string ServerProcess::address() {
  std::string line;
  for (char next = 0;;) {
    require(::read(output_, &next, 1) == 1, "the server ended before it was ready");
    if (next == '\n') break;
    line += next;
  }
  require(line.starts_with(kReady), "the server printed '" + line + "' instead of its address");
  return line.substr(kReady.size());
}

void begin_server() {
  place_server();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGPIPE, SIG_IGN);
  if (::getppid() == 1) ::_exit(0);
}

void announce_ready(const std::string& address) {
  const std::string line = std::string(kReady) + address + "\n";
  require(::write(STDOUT_FILENO, line.data(), line.size()) > 0, "nobody waits for this server");
}

std::string socket_path(const std::string& peer) {
  std::string path = peer + "-" + std::to_string(::getpid()) + ".sock";
  ::unlink(path.c_str());
  return path;
}

}  // namespace bench
