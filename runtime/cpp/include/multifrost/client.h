// What every generated client is made of: a channel and the options of `with`.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>

#include "multifrost/channel.h"
#include "multifrost/chrono.h"
#include "multifrost/erased.h"

namespace multifrost {

struct ConnectOptions;
struct SpawnOptions;

/// One argument of a call, for what is no template: where it stands, and what writes it.
struct Argument {
  detail::WriteValue* write;
  const void* value;
};
/// `value`, which must outlive the call's request, as codec C writes it.
template <class C, class V>
Argument argument(const V& value) noexcept {
  return {&detail::write_value<C, V>, &value};
}

/// A movable handle; its const methods may be called from any thread. The last handle closes the
/// channel: its destructor blocks at most for the stop deadlines; `close` reports.
class Client {
 public:
  explicit Client(std::shared_ptr<Channel> channel, CallOptions options = {}) noexcept;
  /// For generated clients: throws InterfaceMismatchError when the worker is known to serve another
  /// interface.
  Client(std::shared_ptr<Channel>&& channel, CallOptions&& options, const Interface& expected);
  // Out of line: every generated client would carry that code.
  Client(const Client& other);
  Client(Client&& other) noexcept;
  Client& operator=(const Client& other);
  Client& operator=(Client&& other) noexcept;
  ~Client();

  /// The same channel, called with these options.
  Client with(CallOptions&& options) const;

  const std::shared_ptr<Channel>& channel() const noexcept { return channel_; }
  const CallOptions& options() const noexcept { return options_; }

  /// Blocks until no call of this worker is in flight, at most `deadline` (then: timeout).
  Result<void> drain(std::chrono::nanoseconds deadline) const { return channel_->drain(deadline); }
  /// Ends the worker for all of its handles, within `deadline`, and tells how that went; calls in
  /// flight fail with `closed`. Repeatable.
  Result<void> close(std::chrono::nanoseconds deadline) const { return channel_->close(deadline); }

  /// A call with these arguments, or with `arguments` that are written one by one.
  Request request(const Method& method, std::initializer_list<Argument> arguments) const;
  Request request(const Method& method, std::size_t arguments) const;

 private:
  std::shared_ptr<Channel> channel_;
  CallOptions options_;
};

/// Starts `script` and returns a client of it; for generated `spawn` functions. Throws SpawnError
/// and its kin, InterfaceMismatchError when it does not serve `expected`. Rules for an empty
/// `executable`: see ParentWorker::spawn.
Client spawn_client(const Interface& expected, const std::string& script,
                    const std::string& executable, const SpawnOptions& options);
Client spawn_client(const Interface& expected, const std::string& script,
                    const std::string& executable);
/// Connects to the service of that id and returns a client of it; for generated `connect`
/// functions. Throws as ParentWorker::connect does.
Client connect_client(const Interface& expected, const std::string& service_id,
                      const ConnectOptions& options);
Client connect_client(const Interface& expected, const std::string& service_id);

}  // namespace multifrost
