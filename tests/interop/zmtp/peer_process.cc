// Starting, hearing and ending a peer program.
#include "peer_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "transport/event_fd.h"

namespace multifrost::transport::direct {
namespace {

/// A hang guard: interpreters start slowly on a busy machine, and 64 MiB take their time.
constexpr std::chrono::seconds kLongestSilence{120};

/// ZMTP_PEER: the program and its first arguments, separated by '|'.
std::vector<std::string> program() {
  const char* text = std::getenv("ZMTP_PEER");
  if (text == nullptr) {
    ADD_FAILURE() << "ZMTP_PEER is not set: run these tests through ctest";
    return {"false"};
  }
  std::vector<std::string> words{""};
  for (; *text != '\0'; ++text) {
    if (*text == '|') {
      words.emplace_back();
    } else {
      words.back() += *text;
    }
  }
  return words;
}

struct Pipe {
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    out.reset(ends[0]);
    in.reset(ends[1]);
  }
  process::UniqueFd out, in;
};

}  // namespace

PeerProcess::PeerProcess(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = program();
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  Pipe input, output;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.out.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output.in.get(), STDOUT_FILENO);
  const int error = ::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    pid_ = -1;
    ADD_FAILURE() << "cannot start the peer '" << words[0] << "' of ZMTP_PEER";
    return;
  }
  to_ = std::move(input.in);
  from_ = std::move(output.out);
  const std::string ready = line();
  EXPECT_TRUE(ready.starts_with("ready ")) << "the peer says: " << ready;
  if (ready.size() > 6) endpoint_ = ready.substr(6);
}

PeerProcess::~PeerProcess() { kill(); }

void PeerProcess::kill() noexcept {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void PeerProcess::say(std::string_view line) {
  const std::string text = std::string(line) + "\n";
  EXPECT_EQ(::write(to_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

// Byte by byte, so that what `output()` says about the next line stays true.
std::string PeerProcess::line() {
  const auto until = std::chrono::steady_clock::now() + kLongestSilence;
  const int descriptor = from_.get();
  std::string text;
  for (char c = 0; wait_readable(&descriptor, 1, until) != 0 && ::read(descriptor, &c, 1) == 1;) {
    if (c == '\n') return text;
    text += c;
  }
  ADD_FAILURE() << "the peer said nothing (more): '" << text << "'";
  return {};
}

}  // namespace multifrost::transport::direct
