// The preferred way first.
#include <cerrno>

#include "process/exec_plan.h"

namespace multifrost::process {
namespace {

bool clone_is_refused(const ExecOutcome& outcome) noexcept {
  return outcome.stage == ExecStage::start &&
         (outcome.error == EPERM || outcome.error == EINVAL || outcome.error == ENOSYS);
}

}  // namespace

ExecOutcome start_program(const ExecPlan& plan) noexcept {
  ExecOutcome outcome = clone_exec(plan);
  if (clone_is_refused(outcome)) outcome = posix_spawn_exec(plan);
  return outcome;
}

}  // namespace multifrost::process
