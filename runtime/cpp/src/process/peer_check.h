// Who is at the other end of a connection that arrived at a spawn listener (R6).
//
// Reads /proc once per connection; any thread; never blocks on the peer.
#pragma once

#include <sys/types.h>

namespace multifrost::process {

/// Unix socket: true when the peer runs under our own user (SO_PEERCRED). The one-time token, which
/// the peer sends as its ZMTP identity, is the other half of the check.
bool unix_peer_is_our_user(int socket) noexcept;

/// TCP over loopback: true when the process that owns the peer's end is `leader`, in its process
/// group, or descends from it. Wrappers (`tsx`, `go run`, `cargo run`) make the worker a
/// grandchild.
bool tcp_peer_belongs_to(int socket, pid_t leader);

}  // namespace multifrost::process
