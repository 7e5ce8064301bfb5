// Processes that a test forks: one that answers a question about itself, and one that a test talks
// with, lets go and kills.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <utility>

#include "process/unique_fd.h"

namespace multifrost::process {

/// Runs `body` in a child of fork() and returns its exit code, or the negated number of the signal
/// that ended it: of SIGALRM, when it hangs.
inline int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(30);
    ::_exit(body());
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// A process that runs `body` and lives until it is let go or killed.
class OtherProcess {
 public:
  /// `body` returns whether all went well; it may call say(), tell() and wait_for_go().
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
  void say() const { tell('!'); }
  template <class What>
  void tell(const What& what) const {
    EXPECT_EQ(::write(to_test_.get(), &what, sizeof what), static_cast<ssize_t>(sizeof what));
  }
  void wait_for_go() const { wait_for_byte(from_test_); }

  // ---- in the test
  /// Waits until the process has said something; false: it has ended instead.
  bool has_said() const { return wait_for_byte(from_child_); }
  /// What the process tells first, or next.
  template <class What>
  What heard() const {
    What what{};
    EXPECT_EQ(::read(from_child_.get(), &what, sizeof what), static_cast<ssize_t>(sizeof what));
    return what;
  }
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
  static bool wait_for_byte(const UniqueFd& from) {
    char byte = 0;
    return ::read(from.get(), &byte, 1) == 1;
  }

  pid_t pid_ = 0;
  UniqueFd to_test_, from_test_;    // in the process
  UniqueFd from_child_, to_child_;  // in the test
};

}  // namespace multifrost::process
