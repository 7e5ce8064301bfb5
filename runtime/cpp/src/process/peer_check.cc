// SO_PEERCRED for Unix sockets; for TCP the kernel names the socket, /proc its owner.
#include "process/peer_check.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "process/process_tree.h"
#include "process/socket_inode.h"

namespace multifrost::process {

bool unix_peer_is_our_user(int socket) noexcept {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.uid == ::geteuid();
}

bool tcp_peer_belongs_to(int socket, pid_t leader) {
  sockaddr_in ours{}, theirs{};
  socklen_t our_size = sizeof ours, their_size = sizeof theirs;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&ours), &our_size) != 0 ||
      ::getpeername(socket, reinterpret_cast<sockaddr*>(&theirs), &their_size) != 0 ||
      ours.sin_family != AF_INET || theirs.sin_family != AF_INET) {
    return false;
  }
  const auto inode = socket_inode(theirs, ours);
  if (!inode) return false;
  // Mostly it is the child itself; to find its family all of /proc is read.
  if (holds_socket(leader, *inode)) return true;
  const auto family = family_of(leader);
  return std::any_of(family.begin(), family.end(),
                     [&](pid_t pid) { return holds_socket(pid, *inode); });
}

}  // namespace multifrost::process
