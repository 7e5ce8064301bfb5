// The one place that runs code between clone and exec (R7).
//
// The child shares our memory and runs on a stack of its own while this thread sleeps. It therefore
// calls nothing but system calls, touches only the plan and the outcome, and never returns.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "process/exec_plan.h"

namespace multifrost::process {
namespace {

constexpr std::size_t kStackSize = 128 * 1024;

struct Handover {
  const ExecPlan* plan;
  pid_t parent;
  // Written by the child while the parent sleeps.
  volatile ExecStage stage = ExecStage::setup;
  volatile int error = 0;
};

#define MULTIFROST_NO_SANITIZE __attribute__((no_sanitize("address", "thread", "undefined")))

// The bare system call: a sanitizer's _exit would leave its marks in the memory that we share.
[[noreturn]] MULTIFROST_NO_SANITIZE void leave() noexcept {
  for (;;) ::syscall(SYS_exit_group, 127);
}

[[noreturn]] MULTIFROST_NO_SANITIZE void give_up(Handover& handover, int error) noexcept {
  handover.error = error;
  leave();
}

// Exec keeps ignored signals ignored: a parent that ignores SIGPIPE must not pass that on.
MULTIFROST_NO_SANITIZE void reset_signals() noexcept {
  struct sigaction ordinary {};
  ordinary.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &ordinary, nullptr);
}

MULTIFROST_NO_SANITIZE void close_from(int first) noexcept {
  if (::close_range(static_cast<unsigned>(first), UINT_MAX, 0) == 0) return;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const int end = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 65536));
  for (int fd = first; fd < end; ++fd) ::close(fd);
}

MULTIFROST_NO_SANITIZE int run_child(void* argument) noexcept {
  Handover& handover = *static_cast<Handover*>(argument);
  const ExecPlan& plan = *handover.plan;

  // All signals are still blocked, so no handler of ours can run in the shared memory.
  reset_signals();
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != handover.parent) leave();  // it ended before the line above
  if (::dup2(plan.input, STDIN_FILENO) < 0 || ::dup2(plan.output, STDOUT_FILENO) < 0 ||
      ::dup2(plan.errors, STDERR_FILENO) < 0) {
    give_up(handover, errno);
  }
  int placed = STDERR_FILENO + 1;
  for (const int fd : plan.further) {
    if (::dup2(fd, placed++) < 0) give_up(handover, errno);
  }
  if (plan.working_directory != nullptr) {
    handover.stage = ExecStage::working_directory;
    if (::chdir(plan.working_directory) != 0) give_up(handover, errno);
  }
  handover.stage = ExecStage::limits;
  for (const ResourceLimit& limit : plan.limits) {
    const rlimit value{limit.value, limit.value};
    if (::setrlimit(static_cast<__rlimit_resource_t>(limit.resource), &value) != 0) {
      give_up(handover, errno);
    }
  }
  handover.stage = ExecStage::exec;
  close_from(placed);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(plan.program, plan.arguments, plan.environment);
  give_up(handover, errno);
}

// ThreadSanitizer wraps clone() as if it were fork(), which is wrong for a child that shares our
// memory; glibc's other name for the same function is left alone.
extern "C" int __clone(int (*function)(void*), void* stack, int flags, void* argument,
                       ...) noexcept;

}  // namespace

ExecOutcome clone_exec(const ExecPlan& plan) noexcept {
  ExecOutcome outcome;
  void* stack = ::mmap(nullptr, kStackSize, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) {
    outcome.error = errno;
    return outcome;
  }
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);

  Handover handover{&plan, ::getpid()};
  int pidfd = -1;
  outcome.pid = __clone(run_child, static_cast<char*>(stack) + kStackSize,
                        CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &handover, &pidfd);
  outcome.error = outcome.pid < 0 ? errno : handover.error;
  outcome.stage = outcome.pid < 0 ? ExecStage::start : handover.stage;

  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::munmap(stack, kStackSize);
  outcome.pidfd.reset(pidfd);
  return outcome;
}

}  // namespace multifrost::process
