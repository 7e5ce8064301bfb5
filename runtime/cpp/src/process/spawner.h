// Starts worker processes, always from the same long-lived thread (R7).
//
// One thread, because the kernel sends PR_SET_PDEATHSIG when the *thread* that spawned ends, not
// the process. It starts on first use. Destroying the Spawner ends that thread, and with it every
// child that still runs: a runtime destroys its workers first.
//
// Thread rule: start() may be called from any thread; it blocks until the program runs or could not
// be started (about 0.2 ms), never for the program itself.
#pragma once

#include <memory>

#include "multifrost/result.h"
#include "process/child_process.h"
#include "process/spawn_request.h"

namespace multifrost::process {

class Spawner {
 public:
  Spawner();
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;
  ~Spawner();

  /// A running child, or a failure (ErrorCode::spawn, not executed) that says what to do.
  Result<ChildProcess> start(const SpawnRequest& request);

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace multifrost::process
