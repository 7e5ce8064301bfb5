// The few socket calls that the direct transport is made of, with failures that say what to do.
//
// Sockets stay in blocking mode, so that a leader can sleep in recv() with a receive timeout
// (runtime.md's table); everything else passes MSG_DONTWAIT. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "multifrost/result.h"
#include "process/unique_fd.h"
#include "transport/transport.h"

namespace multifrost::transport::direct {

using process::UniqueFd;

/// Starts to connect. `pending`: the answer comes when the socket is writable, then
/// finish_connect().
struct Connecting {
  UniqueFd socket;
  bool pending = false;
};
Result<Connecting> begin_connect(const Endpoint& endpoint);
/// The errno of a connect that has ended; 0: connected.
int finish_connect(int socket) noexcept;

/// A listening socket. A tcp port 0 is replaced by the one that the system chose.
Result<UniqueFd> listen_on(Endpoint& endpoint);
/// The next connection; empty when there is none now.
UniqueFd accept_from(int listener) noexcept;

/// Bytes that the system has taken, and not sent yet: it drops them when the peer sends something
/// to this end after it was closed (RFC 1122, 4.2.2.13). 0 over Unix sockets, which keep nothing
/// back.
int unsent_bytes(int socket) noexcept;

/// How long receive_waiting() waits. Remembers what it set: a system call only when it changes.
class ReceiveTimeout {
 public:
  /// The longest step that does not pass `left`, so that equal deadlines need no further call;
  /// nanoseconds::max(): none.
  void set(int socket, std::chrono::nanoseconds left) noexcept {
    if (left != std::chrono::nanoseconds::max() || microseconds_ != 0) change(socket, left);
  }

 private:
  void change(int socket, std::chrono::nanoseconds left) noexcept;

  std::int64_t microseconds_ = 0;
};

/// "Connection refused" and so on.
std::string error_text(int error);

}  // namespace multifrost::transport::direct
