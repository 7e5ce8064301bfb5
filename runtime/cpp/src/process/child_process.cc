// The end of a child: seen by descriptor, signalled only while its pid is its own, reaped once.
#include "process/child_process.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <mutex>
#include <thread>

namespace multifrost::process {
namespace {

enum class Leader : unsigned char { running, ended, unknown };

struct Observation {
  Leader leader;
  ExitStatus status;
};

// Looks without reaping. `options`: WNOHANG or 0.
Observation observe(pid_t pid, int options) noexcept {
  siginfo_t info{};
  int outcome;
  do {
    outcome = ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT | options);
  } while (outcome != 0 && errno == EINTR);
  // ECHILD: the program ignores SIGCHLD, or waited for our child itself.
  if (outcome != 0) return {Leader::unknown, {}};
  if (info.si_pid == 0) return {Leader::running, {}};
  if (info.si_code == CLD_EXITED) return {Leader::ended, {info.si_status, std::nullopt, {}}};
  return {Leader::ended, {std::nullopt, info.si_status, {}}};
}

}  // namespace

class ChildProcess::State {
 public:
  State(pid_t pid, UniqueFd pidfd, ChildPipes pipes, GuardHandle guard)
      : pid_(pid), pipes_(std::move(pipes)), guard_(std::move(guard)), exit_(std::move(pidfd)) {
    if (!exit_) wait_by_thread();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  ~State() {
    if (::getpid() != owner_) {
      // A copy of us in a child of the program's own fork(): not our process, not our thread (R10).
      if (waiter_.joinable()) waiter_.detach();
      return;
    }
    if (signal(SIGKILL)) {
      guard_.control.reset();  // should it have had no room for that
      observe(child(), 0);
      try_reap();
    }
    if (waiter_.joinable()) waiter_.join();
  }

  pid_t pid() const noexcept { return pid_; }
  int exit_descriptor() const noexcept { return exit_.get(); }
  int leader_descriptor() const noexcept { return guard_.control.get(); }
  ChildPipes& pipes() noexcept { return pipes_; }

  bool signal(int number) noexcept {
    const std::lock_guard lock(mutex_);
    if (status_ || ::getpid() != owner_) return false;
    // Without our zombie the number could already be somebody else's.
    if (observe(child(), WNOHANG).leader == Leader::unknown) return false;
    if (guard_.pid <= 0) return ::kill(-pid_, number) == 0;
    ask_guard(number);
    return true;
  }

  std::optional<ExitStatus> try_reap() {
    const std::lock_guard lock(mutex_);
    if (status_ || ::getpid() != owner_) return status_;
    Observation seen = observe(child(), WNOHANG);
    if (seen.leader == Leader::running) return std::nullopt;
    if (seen.leader == Leader::ended) {
      // A guard has killed the group itself, while the number was the group's.
      if (guard_.pid <= 0) ::kill(-pid_, SIGKILL);
      ::waitpid(child(), nullptr, WNOHANG);
    }
    status_ = std::move(seen.status);
    return status_;
  }

  bool reaped() const noexcept {
    const std::lock_guard lock(mutex_);
    return status_.has_value();
  }

 private:
  // Whom we wait for: our own child.
  pid_t child() const noexcept { return guard_.pid > 0 ? guard_.pid : pid_; }

  void ask_guard(int number) noexcept {
    const auto byte = static_cast<unsigned char>(number);
    // One that has ended, and waits to be reaped, takes it as a zombie takes a signal.
    static_cast<void>(!::send(guard_.control.get(), &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT));
    // Somebody may have stopped it; a worker ends by SIGKILL even then.
    if (number == SIGKILL) ::kill(guard_.pid, SIGCONT);
  }

  // Where the kernel gives no pidfd.
  void wait_by_thread() {
    exit_.reset(::eventfd(0, EFD_CLOEXEC));
    waiter_ = std::thread([pid = child(), event = exit_.get()] {
      observe(pid, 0);
      const std::uint64_t one = 1;
      static_cast<void>(!::write(event, &one, sizeof one));
    });
  }

  mutable std::mutex mutex_;
  const pid_t pid_;
  const pid_t owner_ = ::getpid();
  ChildPipes pipes_;
  GuardHandle guard_;
  UniqueFd exit_;
  std::thread waiter_;
  std::optional<ExitStatus> status_;
};

ChildProcess::ChildProcess(pid_t pid, UniqueFd pidfd, ChildPipes pipes, GuardHandle guard)
    : state_(std::make_unique<State>(pid, std::move(pidfd), std::move(pipes), std::move(guard))) {}
ChildProcess::ChildProcess(ChildProcess&&) noexcept = default;
ChildProcess& ChildProcess::operator=(ChildProcess&&) noexcept = default;
ChildProcess::~ChildProcess() = default;

pid_t ChildProcess::pid() const noexcept { return state_->pid(); }
int ChildProcess::exit_descriptor() const noexcept { return state_->exit_descriptor(); }
int ChildProcess::leader_descriptor() const noexcept { return state_->leader_descriptor(); }
bool ChildProcess::signal(int number) noexcept { return state_->signal(number); }
std::optional<ExitStatus> ChildProcess::try_reap() { return state_->try_reap(); }
bool ChildProcess::reaped() const noexcept { return state_->reaped(); }
ChildPipes& ChildProcess::pipes() noexcept { return state_->pipes(); }

}  // namespace multifrost::process
