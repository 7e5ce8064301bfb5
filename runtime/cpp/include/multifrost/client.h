// What every generated client is made of: a channel and the options of `with`.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "multifrost/channel.h"

namespace multifrost {

struct ConnectOptions;
struct SpawnOptions;

/// A movable handle; its const methods may be called from any thread. The last handle closes the
/// channel: its destructor blocks at most for the stop deadlines; `close` reports.
class Client {
 public:
  explicit Client(std::shared_ptr<Channel> channel, CallOptions options = {}) noexcept
      : channel_(std::move(channel)), options_(std::move(options)) {}
  /// For generated clients: throws InterfaceMismatchError when the worker is known to serve another
  /// interface.
  Client(std::shared_ptr<Channel> channel, CallOptions options, const Interface& expected);

  const std::shared_ptr<Channel>& channel() const noexcept { return channel_; }
  const CallOptions& options() const noexcept { return options_; }

  /// Blocks until no call of this worker is in flight, at most `deadline` (then: timeout).
  Result<void> drain(std::chrono::nanoseconds deadline) const { return channel_->drain(deadline); }
  /// Ends the worker for all of its handles, within `deadline`, and tells how that went; calls in
  /// flight fail with `closed`. Repeatable.
  Result<void> close(std::chrono::nanoseconds deadline) const { return channel_->close(deadline); }

  Request request(const Method& method, std::size_t arguments) const {
    return Request(*channel_, method, options_, arguments);
  }

  void set_options(CallOptions options) noexcept { options_ = std::move(options); }

 private:
  std::shared_ptr<Channel> channel_;
  CallOptions options_;
};

/// Starts `script` and returns the channel to it; for generated `spawn` functions. Throws
/// SpawnError and its kin, InterfaceMismatchError when it does not serve `expected`. Rules for an
/// empty `executable`: see ParentWorker::spawn.
std::shared_ptr<Channel> spawn_channel(const Interface& expected, const std::string& script,
                                       const std::string& executable, const SpawnOptions& options);
std::shared_ptr<Channel> spawn_channel(const Interface& expected, const std::string& script,
                                       const std::string& executable);
/// Connects to the service of that id and returns the channel to it; for generated `connect`
/// functions. Throws as ParentWorker::connect does.
std::shared_ptr<Channel> connect_channel(const Interface& expected, const std::string& service_id,
                                         const ConnectOptions& options);
std::shared_ptr<Channel> connect_channel(const Interface& expected, const std::string& service_id);

}  // namespace multifrost
