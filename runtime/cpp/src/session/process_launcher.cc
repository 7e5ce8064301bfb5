// Spawn mode: listen, then start the script with what it needs to find us (spec 5.1).
#include "process/command.h"
#include "process/spawn_environment.h"
#include "session/launcher.h"

namespace multifrost::session {
namespace {

class ProcessLauncher final : public Launcher {
 public:
  ProcessLauncher(std::string script, std::string executable, const SpawnOptions& options,
                  process::Spawner& spawner, transport::Factory& transports)
      : script_(std::move(script)),
        executable_(std::move(executable)),
        arguments_(options.arguments),
        added_(options.environment),
        directory_(options.working_directory),
        spawner_(spawner),
        transports_(transports) {}

  Result<Launched> launch() override {
    auto listening = transports_.listen_as_parent({});
    if (!listening) return listening.failure();

    auto added = added_;
    added["COMLINK_WORKER_MODE"] = "1";
    added["MULTIFROST_STDIO"] = "pipe";
    for (const transport::Endpoint& endpoint : listening->endpoints) {
      if (endpoint.kind == transport::Endpoint::Kind::tcp) {
        added["COMLINK_ZMQ_PORT"] = std::to_string(endpoint.port);
      } else {
        added["MULTIFROST_ENDPOINT"] = endpoint.path + " " + endpoint.token;
      }
    }
    process::SpawnRequest request;
    request.environment = process::spawn_environment(added);
    auto command =
        process::resolve_command(script_, executable_, arguments_,
                                 process::lookup(request.environment, "PATH"), !directory_.empty());
    if (!command) return command.failure();
    request.program = std::move(command->program);
    request.arguments = std::move(command->arguments);
    request.working_directory = directory_;
    auto child = spawner_.start(request);
    if (!child) return child.failure();

    Launched launched;
    launched.transport = std::move(listening->transport);
    launched.process = *std::move(child);
    return launched;
  }

 private:
  const std::string script_;
  const std::string executable_;
  const std::vector<std::string> arguments_;
  const std::map<std::string, std::string> added_;
  const std::string directory_;
  process::Spawner& spawner_;
  transport::Factory& transports_;
};

}  // namespace

std::unique_ptr<Launcher> make_process_launcher(std::string script, std::string executable,
                                                const SpawnOptions& options,
                                                process::Spawner& spawner,
                                                transport::Factory& transports) {
  return std::make_unique<ProcessLauncher>(std::move(script), std::move(executable), options,
                                           spawner, transports);
}

}  // namespace multifrost::session
