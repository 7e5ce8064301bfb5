// Says why a program could not be started, and what to do about it.
#pragma once

#include "multifrost/failure.h"
#include "process/exec_plan.h"
#include "process/spawn_request.h"

namespace multifrost::process {

/// ErrorCode::spawn, not executed. `error` is the errno of `stage`.
Failure spawn_failure(const SpawnRequest& request, ExecStage stage, int error);

}  // namespace multifrost::process
