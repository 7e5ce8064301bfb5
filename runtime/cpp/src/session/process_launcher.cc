// Spawn mode: listen, then start the script with what it needs to find us (spec 5.1).
#include <sys/types.h>

#include <atomic>

#include "process/command.h"
#include "process/peer_check.h"
#include "process/spawn_environment.h"
#include "session/launcher.h"

namespace multifrost::session {
namespace {

/// Only the process that we started, and what descends from it, may be the worker (R6).
class WorkerCheck final : public transport::PeerCheck {
 public:
  WorkerCheck(Log log, std::string name) : log_(std::move(log)), name_(std::move(name)) {}

  /// Connections are checked by the reader, which begins after the launch: the pid is known by
  /// then.
  void started(pid_t pid) noexcept { pid_ = pid; }

  std::string refusal(const transport::Applicant& applicant) override {
    std::string why = refused(applicant);
    if (!why.empty()) {
      log_(events::kPeerRefused, "a connection was refused: " + why, {.worker = name_});
    }
    return why;
  }

 private:
  std::string refused(const transport::Applicant& applicant) const {
    if (applicant.via == transport::Endpoint::Kind::unix_socket) {
      return process::unix_peer_is_our_user(applicant.socket) ? "" : "another user's process";
    }
    return process::tcp_peer_belongs_to(applicant.socket, pid_)
               ? ""
               : "a process that does not descend from the worker";
  }

  const Log log_;
  const std::string name_;
  std::atomic<pid_t> pid_{0};
};

class ProcessLauncher final : public Launcher {
 public:
  ProcessLauncher(std::string script, std::string executable, const SpawnOptions& options,
                  process::Spawner& spawner, transport::Factory& transports, Log log,
                  std::string name)
      : script_(std::move(script)),
        executable_(std::move(executable)),
        arguments_(options.arguments),
        added_(options.environment),
        directory_(options.working_directory),
        bind_host_(options.bind_host),
        unix_socket_(options.unix_socket),
        output_as_messages_(options.output_as_messages),
        guard_(options.guard),
        deadlines_{options.stop_deadline, options.kill_deadline},
        spawner_(spawner),
        transports_(transports),
        log_(std::move(log)),
        name_(std::move(name)) {}

  Result<Launched> launch() override {
    const auto check = std::make_shared<WorkerCheck>(log_, name_);
    transport::ListenOptions options;
    options.host = bind_host_;
    options.unix_socket = unix_socket_;
    options.check = check;
    auto listening = transports_.listen_as_parent(options);
    if (!listening) return listening.failure();

    auto added = added_;
    added["COMLINK_WORKER_MODE"] = "1";
    if (!output_as_messages_) added["MULTIFROST_STDIO"] = "pipe";
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
    if (guard_) request.guard = deadlines_;
    auto child = spawner_.start(request);
    if (!child) return child.failure();
    check->started(child->pid());

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
  const std::string bind_host_;
  const bool unix_socket_;
  const bool output_as_messages_;
  const bool guard_;
  const process::GuardOrder deadlines_;
  process::Spawner& spawner_;
  transport::Factory& transports_;
  const Log log_;
  const std::string name_;  ///< in the log
};

}  // namespace

std::unique_ptr<Launcher> make_process_launcher(std::string script, std::string executable,
                                                const SpawnOptions& options,
                                                process::Spawner& spawner,
                                                transport::Factory& transports, Log log,
                                                std::string name) {
  return std::make_unique<ProcessLauncher>(std::move(script), std::move(executable), options,
                                           spawner, transports, std::move(log), std::move(name));
}

}  // namespace multifrost::session
