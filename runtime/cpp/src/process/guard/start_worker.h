// Starts the worker beneath the guard, exactly as clone_exec.cc starts one beneath the parent.
#pragma once

#include "process/guard_protocol.h"

namespace multifrost::guard {

struct Command {
  const char* working_directory;  ///< empty: this process's
  const char* program;
  char* const* arguments;
  char* const* environment;
};

/// Returns when the program runs, or with the stage and the errno that it failed at. The worker
/// dies with the guard, should that be killed (PR_SET_PDEATHSIG).
Report start_worker(const Job& job, const Command& command) noexcept;

}  // namespace multifrost::guard
