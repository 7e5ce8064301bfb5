// What stands between the decision to start a program and its exec: everything prepared beforehand,
// since nothing may be allocated in between.
//
// Two ways lead there: clone_exec() (preferred), and posix_spawn_exec() where a sandbox refuses
// clone.
#pragma once

#include <sys/types.h>

#include <span>

#include "process/exec_stage.h"
#include "process/guard_handle.h"
#include "process/spawn_request.h"
#include "process/unique_fd.h"

namespace multifrost::process {

struct ExecPlan {
  const char* program;
  char* const* arguments;
  char* const* environment;
  const char* working_directory;  ///< null: the parent's
  std::span<const ResourceLimit> limits;
  int input;                          ///< becomes the child's descriptor 0; all three are above 2
  int output;                         ///< becomes 1
  int errors;                         ///< becomes 2
  std::span<const int> further = {};  ///< become 3, 4, …, and are above all of these
};

struct ExecOutcome {
  pid_t pid = -1;
  UniqueFd pidfd;  ///< empty where the kernel has none
  ExecStage stage = ExecStage::start;
  int error = 0;  ///< errno of the stage that failed; 0: the program runs
  GuardHandle guard;
};

/// By clone_exec(), or, where that is refused, by posix_spawn_exec().
ExecOutcome start_program(const ExecPlan& plan) noexcept;

/// clone(CLONE_VM | CLONE_VFORK | CLONE_PIDFD): no page table is copied, whatever the size of the
/// parent. The caller's thread sleeps until exec. The child dies with the calling thread
/// (PR_SET_PDEATHSIG).
ExecOutcome clone_exec(const ExecPlan& plan) noexcept;

/// The same without PR_SET_PDEATHSIG; the lifeline alone then tells the child of our end.
ExecOutcome posix_spawn_exec(const ExecPlan& plan) noexcept;

}  // namespace multifrost::process
