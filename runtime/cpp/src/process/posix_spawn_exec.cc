// The way for sandboxes that refuse clone(CLONE_VM | CLONE_VFORK): what posix_spawn can express.
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>

#include "process/exec_plan.h"
#include "process/pidfd.h"

namespace multifrost::process {
namespace {

// The two parameter objects of posix_spawn; either may fail to grow, which the sum of errors tells.
class Parameters {
 public:
  explicit Parameters(const ExecPlan& plan) noexcept {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    check(::posix_spawn_file_actions_adddup2(&actions_, plan.input, STDIN_FILENO));
    check(::posix_spawn_file_actions_adddup2(&actions_, plan.output, STDOUT_FILENO));
    check(::posix_spawn_file_actions_adddup2(&actions_, plan.errors, STDERR_FILENO));
    int placed = STDERR_FILENO + 1;
    for (const int fd : plan.further) {
      check(::posix_spawn_file_actions_adddup2(&actions_, fd, placed++));
    }
    check(::posix_spawn_file_actions_addclosefrom_np(&actions_, placed));
    if (plan.working_directory != nullptr) {
      check(::posix_spawn_file_actions_addchdir_np(&actions_, plan.working_directory));
    }
    sigset_t all, none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    check(::posix_spawnattr_setsigdefault(&attributes_, &all));
    check(::posix_spawnattr_setsigmask(&attributes_, &none));
    check(::posix_spawnattr_setpgroup(&attributes_, 0));
    check(::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP));
  }
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;
  ~Parameters() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  int error() const noexcept { return error_; }
  const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }
  const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

 private:
  void check(int error) noexcept {
    if (error_ == 0) error_ = error;
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
  int error_ = 0;
};

}  // namespace

ExecOutcome posix_spawn_exec(const ExecPlan& plan) noexcept {
  ExecOutcome outcome;
  outcome.stage = ExecStage::setup;
  const Parameters parameters(plan);
  outcome.error = parameters.error();
  if (outcome.error != 0) return outcome;

  // posix_spawn reports one number for all of its steps; the directory is the one worth telling
  // apart.
  if (plan.working_directory != nullptr && ::access(plan.working_directory, X_OK) != 0) {
    outcome.stage = ExecStage::working_directory;
    outcome.error = errno;
    return outcome;
  }
  outcome.stage = ExecStage::exec;
  outcome.error = ::posix_spawn(&outcome.pid, plan.program, parameters.actions(),
                                parameters.attributes(), plan.arguments, plan.environment);
  if (outcome.error != 0) {
    outcome.pid = -1;  // glibc has reaped the child already
    return outcome;
  }
  for (const ResourceLimit& limit : plan.limits) {
    const rlimit value{limit.value, limit.value};
    if (::prlimit(outcome.pid, static_cast<__rlimit_resource>(limit.resource), &value, nullptr) !=
        0) {
      outcome.stage = ExecStage::limits;
      outcome.error = errno;
      ::kill(outcome.pid, SIGKILL);
      return outcome;
    }
  }
  outcome.pidfd = open_pidfd(outcome.pid);
  return outcome;
}

}  // namespace multifrost::process
