// Makes the other end of a parent's session: a process and a transport that it will connect to.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "multifrost/parent_worker.h"
#include "process/child_process.h"
#include "process/spawner.h"
#include "session/log.h"
#include "transport/transport.h"

namespace multifrost::session {

struct Launched {
  std::shared_ptr<transport::Transport> transport;
  std::optional<process::ChildProcess> process;  ///< none: the worker is not ours to start and end
};

/// Each launch is one incarnation, with listeners of its own (R4). Any thread, one at a time.
class Launcher {
 public:
  virtual ~Launcher() = default;
  virtual Result<Launched> launch() = 0;
  /// False: launch() finds what runs already.
  virtual bool starts_processes() const noexcept { return true; }
  /// Ends a launch() under way that waits, from any thread.
  virtual void give_up() noexcept {}
};

/// Spawn mode (spec 5.1); `name` stands for the worker in the log.
std::unique_ptr<Launcher> make_process_launcher(std::string script, std::string executable,
                                                const SpawnOptions& options,
                                                process::Spawner& spawner,
                                                transport::Factory& transports, Log log,
                                                std::string name);
/// Connect mode (spec 5.2). launch() blocks until the service is found, at most for the timeout.
std::unique_ptr<Launcher> make_connect_launcher(std::string service_id,
                                                const ConnectOptions& options,
                                                transport::Factory& transports);

}  // namespace multifrost::session
