// fork, not vfork: the guard has a few pages only. What fails between fork and exec comes back
// through a pipe that exec closes.
#include "process/guard/start_worker.h"

#include <sys/prctl.h>

#include <cerrno>

#include "process/guard/children.h"
#include "process/guard/system.h"

namespace multifrost::guard {
namespace {

using process::ExecStage;

Report failed(ExecStage stage, long outcome) noexcept {
  return {0, static_cast<int>(-outcome), stage};
}

/// Only on failure does it return.
Report run_worker(const Job& job, const Command& command, pid_t guard) noexcept {
  system::lead_group();
  system::control_process(PR_SET_PDEATHSIG, SIGKILL);
  if (system::parent_pid() != guard) system::leave(127);  // it ended before the line above
  if (command.working_directory[0] != '\0') {
    const long outcome = system::change_directory(command.working_directory);
    if (outcome < 0) return failed(ExecStage::working_directory, outcome);
  }
  for (std::uint32_t i = 0; i < job.limits; ++i) {
    const rlimit value{job.limit[i].value, job.limit[i].value};
    const long outcome = system::set_limit(job.limit[i].resource, value);
    if (outcome < 0) return failed(ExecStage::limits, outcome);
  }
  system::block_only(0);
  return failed(ExecStage::exec,
                system::execute(command.program, command.arguments, command.environment));
}

}  // namespace

Report start_worker(const Job& job, const Command& command) noexcept {
  int failure[2];
  long outcome = system::pipe(failure, O_CLOEXEC);
  if (outcome < 0) return failed(ExecStage::setup, outcome);
  const pid_t guard = system::own_pid();
  const pid_t worker = system::fork();
  if (worker < 0) return failed(ExecStage::start, worker);
  if (worker == 0) {
    const Report report = run_worker(job, command, guard);
    system::write(failure[1], &report, sizeof report);
    system::leave(127);
  }
  system::close(failure[1]);
  Report report{worker, 0, ExecStage::exec};
  do {
    outcome = system::read(failure[0], &report, sizeof report);
  } while (outcome == -EINTR);
  system::close(failure[0]);
  return report;
}

}  // namespace multifrost::guard
