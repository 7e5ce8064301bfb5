// One question to the kernel by sock_diag; where that is not to be had, its tables in /proc/net.
//
// The tables are slow: the kernel walks through all of its hash buckets, two milliseconds of a
// worker's start.
#include "process/socket_inode.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include "process/unique_fd.h"

namespace multifrost::process {
namespace {

inet_diag_sockid sock_id(const sockaddr_in& local, const sockaddr_in& remote) noexcept {
  inet_diag_sockid id{};
  id.idiag_sport = local.sin_port;
  id.idiag_dport = remote.sin_port;
  id.idiag_src[0] = local.sin_addr.s_addr;
  id.idiag_dst[0] = remote.sin_addr.s_addr;
  id.idiag_cookie[0] = id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return id;
}

std::optional<unsigned long> ask_kernel(const sockaddr_in& local,
                                        const sockaddr_in& remote) noexcept {
  const UniqueFd netlink(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!netlink) return std::nullopt;
  struct {
    nlmsghdr header;
    inet_diag_req_v2 body;
  } question{};
  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.body.sdiag_family = AF_INET;
  question.body.sdiag_protocol = IPPROTO_TCP;
  question.body.idiag_states = ~0u;
  question.body.id = sock_id(local, remote);
  if (::send(netlink.get(), &question, sizeof question, 0) < 0) return std::nullopt;

  // The kernel has answered before send() returns: an error, or one message with attributes.
  std::array<char, 4096> room;
  const ssize_t received = ::recv(netlink.get(), room.data(), room.size(), MSG_DONTWAIT);
  nlmsghdr header{};
  inet_diag_msg answer{};
  if (received < static_cast<ssize_t>(NLMSG_HDRLEN + sizeof answer)) return std::nullopt;
  std::memcpy(&header, room.data(), sizeof header);
  std::memcpy(&answer, room.data() + NLMSG_HDRLEN, sizeof answer);
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY || answer.idiag_inode == 0) return std::nullopt;
  // Where there is no such connection, it names a socket that listens at `local`.
  const bool same =
      answer.id.idiag_dport == remote.sin_port && answer.id.idiag_dst[0] == remote.sin_addr.s_addr;
  return same ? std::optional<unsigned long>(answer.idiag_inode) : std::nullopt;
}

// As in /proc/net/tcp: the address as a host-order word of its network-order bytes, and the port.
std::string kernel_form(const sockaddr_in& address) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%08X:%04X", address.sin_addr.s_addr,
                unsigned{ntohs(address.sin_port)});
  return text.data();
}

std::optional<unsigned long> find_in(const char* table, const sockaddr_in& local,
                                     const sockaddr_in& remote) {
  std::ifstream file(table);
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string slot, from, to, skipped;
    if (!(fields >> slot >> from >> to)) continue;
    // In tcp6 an IPv4 address stands at the end of a mapped one.
    if (!from.ends_with(kernel_form(local)) || !to.ends_with(kernel_form(remote))) continue;
    for (int i = 0; i < 6; ++i) fields >> skipped;  // st, queues, timer, retransmits, uid, timeout
    unsigned long inode = 0;
    if (fields >> inode && inode != 0) return inode;
  }
  return std::nullopt;
}

}  // namespace

std::optional<unsigned long> socket_inode(const sockaddr_in& local, const sockaddr_in& remote) {
  auto inode = ask_kernel(local, remote);
  if (!inode) inode = find_in("/proc/net/tcp", local, remote);
  if (!inode) inode = find_in("/proc/net/tcp6", local, remote);
  return inode;
}

}  // namespace multifrost::process
