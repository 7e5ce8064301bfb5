// Starts a program beneath a guard process (SpawnOptions::guard; R7, third promise).
#pragma once

#include "process/exec_plan.h"
#include "process/spawn_request.h"

namespace multifrost::process {

/// `pid` is the program's, `pidfd` the guard's: readable once everything beneath it is gone.
/// Blocks until the program runs or has failed, as start_program() does; about 0.6 ms. After a
/// failure nothing is left to reap.
ExecOutcome start_guarded(const ExecPlan& plan, const GuardOrder& order);

}  // namespace multifrost::process
