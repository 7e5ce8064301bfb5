// What the sessions of one Runtime share (R10).
#pragma once

#include <cstdint>
#include <memory>

#include "multifrost/runtime.h"
#include "process/spawner.h"
#include "session/log.h"
#include "session/supervisor.h"
#include "transport/transport.h"

namespace multifrost {

class Runtime::Core {
 public:
  explicit Core(RuntimeOptions options);

  const std::uint32_t process_epoch;  ///< of the process that made it

  /// Destroyed from the last to the first: the supervisor ends before what it calls.
  session::Log log;
  std::shared_ptr<Executor> executor;
  std::unique_ptr<transport::Factory> transports;
  process::Spawner spawner;
  session::Supervisor supervisor;
};

}  // namespace multifrost
