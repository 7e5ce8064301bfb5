// SO_PEERCRED for Unix sockets; for TCP the kernel's table names the socket, /proc its owner.
#include "process/peer_check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "process/process_tree.h"

namespace multifrost::process {
namespace {

// As in /proc/net/tcp: the address as a host-order word of its network-order bytes, and the port.
std::string kernel_form(const sockaddr_in& address) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%08X:%04X", address.sin_addr.s_addr,
                unsigned{ntohs(address.sin_port)});
  return text.data();
}

// The inode of the socket that goes from `local` to `remote`.
std::optional<unsigned long> find_inode(const char* table, const std::string& local,
                                        const std::string& remote) {
  std::ifstream file(table);
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string slot, from, to, skipped;
    if (!(fields >> slot >> from >> to)) continue;
    // In tcp6 an IPv4 address stands at the end of a mapped one.
    if (!from.ends_with(local) || !to.ends_with(remote)) continue;
    for (int i = 0; i < 6; ++i) fields >> skipped;  // st, queues, timer, retransmits, uid, timeout
    unsigned long inode = 0;
    if (fields >> inode && inode != 0) return inode;
  }
  return std::nullopt;
}

}  // namespace

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
  const std::string local = kernel_form(theirs), remote = kernel_form(ours);
  auto inode = find_inode("/proc/net/tcp", local, remote);
  if (!inode) inode = find_inode("/proc/net/tcp6", local, remote);
  if (!inode) return false;
  const auto family = family_of(leader);
  return std::any_of(family.begin(), family.end(),
                     [&](pid_t pid) { return holds_socket(pid, *inode); });
}

}  // namespace multifrost::process
