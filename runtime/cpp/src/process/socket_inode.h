// Which socket stands at one end of a TCP connection: its inode, by which /proc names its owners.
//
// Any thread; asks the kernel, never the peer.
#pragma once

#include <netinet/in.h>

#include <optional>

namespace multifrost::process {

/// The socket of this machine that goes from `local` to `remote`, both IPv4; none when it is
/// closed.
std::optional<unsigned long> socket_inode(const sockaddr_in& local, const sockaddr_in& remote);

}  // namespace multifrost::process
