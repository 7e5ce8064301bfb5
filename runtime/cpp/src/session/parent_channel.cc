#include "session/parent_channel.h"

#include <new>

#include "multifrost/client.h"

namespace multifrost::session {

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
  Runtime::Core& core = (runtime != nullptr ? *runtime : Runtime::default_runtime()).core();
  auto launcher =
      make_process_launcher(script, executable, options, core.spawner, *core.transports);
  const std::size_t slash = script.rfind('/');
  std::string name = slash == std::string::npos ? script : script.substr(slash + 1);
  return std::make_shared<ParentChannel>(std::make_shared<ParentSession>(
      core, std::move(launcher), protocol::multifrost_v3(), std::move(name), options));
}

}  // namespace multifrost::session

namespace multifrost {

std::shared_ptr<Channel> spawn_channel(const std::string& script, const std::string& executable,
                                       const SpawnOptions& options) {
  auto channel = session::make_spawn_channel(script, executable, options, nullptr);
  channel->session().open().value();
  return channel;
}

std::shared_ptr<Channel> spawn_channel(const std::string& script, const std::string& executable) {
  return spawn_channel(script, executable, {});
}

}  // namespace multifrost
