#include "session/parent_channel.h"

#include <limits>
#include <new>

#include "multifrost/client.h"

namespace multifrost::session {
namespace {

Runtime::Core& core_of(Runtime* runtime) {
  return (runtime != nullptr ? *runtime : Runtime::default_runtime()).core();
}

constexpr int kServiceThreshold = 5;

/// What a session needs to know of a worker that it does not start.
SpawnOptions session_options(const ConnectOptions& options) {
  SpawnOptions session;
  session.default_timeout = options.default_timeout;
  session.start_timeout = options.timeout;
  session.heartbeat_interval = options.heartbeat_interval;
  session.heartbeat_timeout = options.heartbeat_timeout;
  session.heartbeat_max_misses = options.heartbeat_max_misses;
  session.handler_stall_timeout = options.handler_stall_timeout;
  session.auto_restart = options.reconnect;
  session.max_restart_attempts = std::numeric_limits<int>::max();
  session.restart_backoff = options.reconnect_backoff;
  session.circuit = options.circuit;
  session.circuit.threshold = options.circuit.threshold.value_or(kServiceThreshold);
  session.output = options.output;
  session.absent_result_is_zero = options.absent_result_is_zero;
  session.check_interface = options.check_interface;
  return session;
}

}  // namespace

ParentChannel::~ParentChannel() {
  if (session_->in_own_process()) {
    session_->close(std::chrono::nanoseconds::max()).ok();
  } else {
    // Its threads and its worker are the parent process's; destroying it here would wait for them.
    new (std::nothrow) std::shared_ptr<ParentSession>(std::move(session_));
  }
}

std::shared_ptr<ParentChannel> make_spawn_channel(const std::string& script,
                                                  const std::string& executable,
                                                  const SpawnOptions& options, Runtime* runtime) {
  Runtime::Core& core = core_of(runtime);
  const std::size_t slash = script.rfind('/');
  std::string name = slash == std::string::npos ? script : script.substr(slash + 1);
  auto launcher = make_process_launcher(script, executable, options, core.spawner, *core.transports,
                                        core.log, name);
  return std::make_shared<ParentChannel>(std::make_shared<ParentSession>(
      core, std::move(launcher), protocol::multifrost_v3(), std::move(name), options));
}

std::shared_ptr<ParentChannel> make_connect_channel(const std::string& service_id,
                                                    const ConnectOptions& options,
                                                    Runtime* runtime) {
  Runtime::Core& core = core_of(runtime);
  return std::make_shared<ParentChannel>(std::make_shared<ParentSession>(
      core, make_connect_launcher(service_id, options, *core.transports), protocol::multifrost_v3(),
      "service '" + service_id + "'", session_options(options)));
}

}  // namespace multifrost::session

namespace multifrost {
namespace {

std::shared_ptr<Channel> opened(std::shared_ptr<session::ParentChannel> channel,
                                const Interface& expected) {
  channel->expect(expected).value();
  channel->session().open().value();
  return channel;
}

}  // namespace

Client spawn_client(const Interface& expected, const std::string& script,
                    const std::string& executable, const SpawnOptions& options) {
  return Client(
      opened(session::make_spawn_channel(script, executable, options, nullptr), expected));
}

Client spawn_client(const Interface& expected, const std::string& script,
                    const std::string& executable) {
  return spawn_client(expected, script, executable, {});
}

Client connect_client(const Interface& expected, const std::string& service_id,
                      const ConnectOptions& options) {
  return Client(opened(session::make_connect_channel(service_id, options, nullptr), expected));
}

Client connect_client(const Interface& expected, const std::string& service_id) {
  return connect_client(expected, service_id, {});
}

}  // namespace multifrost
