// Addresses, connecting, listening, timeouts.
#include "transport/direct/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

namespace multifrost::transport::direct {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
};

Failure refuse(std::string text) {
  return Failure(ErrorCode::connection, Execution::not_executed, std::move(text));
}

std::string name_of(const Endpoint& endpoint) {
  if (endpoint.kind == Endpoint::Kind::unix_socket)
    return "the Unix socket '" + endpoint.path + "'";
  return endpoint.host + ":" + std::to_string(endpoint.port);
}

Result<Address> unix_address(const Endpoint& endpoint) {
  Address address;
  auto* unix_part = reinterpret_cast<sockaddr_un*>(&address.storage);
  if (endpoint.path.empty() || endpoint.path.size() >= sizeof unix_part->sun_path) {
    return refuse("cannot use the Unix socket path '" + endpoint.path + "': it must have 1 to " +
                  std::to_string(sizeof unix_part->sun_path - 1) + " bytes");
  }
  unix_part->sun_family = AF_UNIX;
  std::memcpy(unix_part->sun_path, endpoint.path.c_str(), endpoint.path.size() + 1);
  address.size = sizeof(sockaddr_un);
  return address;
}

// Numbers only: no name service is asked, and "localhost" could lead to a stranger on [::1] (R6).
Result<Address> tcp_address(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  const std::string host = endpoint.host == "*" ? "0.0.0.0" : endpoint.host;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found) != 0) {
    return refuse("'" + endpoint.host + "' is not a numeric address; give one, such as 127.0.0.1");
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  Address address;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  return address;
}

Result<Address> address_of(const Endpoint& endpoint) {
  return endpoint.kind == Endpoint::Kind::tcp ? tcp_address(endpoint) : unix_address(endpoint);
}

Failure failed(std::string_view what, const Endpoint& endpoint, int error) {
  return refuse("cannot " + std::string(what) + " " + name_of(endpoint) + ": " + error_text(error));
}

bool is_loopback(const Address& peer) noexcept {
  const auto& inet = reinterpret_cast<const sockaddr_in&>(peer.storage);
  return inet.sin_family == AF_INET && ntohl(inet.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

/// What is refused makes the connection slower and no worse.
void make_quick(int socket, const Address& peer) noexcept {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // a Unix socket says no: fine
  // Within a machine there is no path to be measured and no congestion: the simplest algorithm,
  // which every Linux has, takes least time for each message (docs/architecture.md).
  static constexpr std::string_view kReno = "reno";
  if (!is_loopback(peer)) return;
  ::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, kReno.data(), kReno.size());
}

void set_blocking(int socket, bool blocking) noexcept {
  const int flags = ::fcntl(socket, F_GETFL);
  ::fcntl(socket, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

}  // namespace

Result<Connecting> begin_connect(const Endpoint& endpoint) {
  const auto address = address_of(endpoint);
  if (!address) return address.failure();
  Connecting connecting;
  connecting.socket.reset(
      ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!connecting.socket) return failed("make a socket for", endpoint, errno);
  make_quick(connecting.socket.get(), *address);
  const int outcome = ::connect(connecting.socket.get(), address->get(), address->size);
  connecting.pending = outcome != 0 && (errno == EINPROGRESS || errno == EINTR);
  if (outcome != 0 && !connecting.pending) return failed("connect to", endpoint, errno);
  if (!connecting.pending) set_blocking(connecting.socket.get(), true);
  return connecting;
}

int finish_connect(int socket) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  if (error == 0) set_blocking(socket, true);
  return error;
}

Result<UniqueFd> listen_on(Endpoint& endpoint) {
  const auto address = address_of(endpoint);
  if (!address) return address.failure();
  UniqueFd socket(
      ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return failed("make a socket for", endpoint, errno);
  const int on = 1;
  // A service that starts again must not wait for its old connections to be forgotten.
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket.get(), address->get(), address->size) != 0 || ::listen(socket.get(), 64) != 0) {
    return failed("listen on", endpoint, errno);
  }
  if (endpoint.kind == Endpoint::Kind::tcp) {
    Address bound;
    bound.size = sizeof bound.storage;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound.storage), &bound.size);
    // The port stands at the same place for both families.
    endpoint.port = ntohs(reinterpret_cast<const sockaddr_in*>(&bound.storage)->sin_port);
  }
  return socket;
}

UniqueFd accept_from(int listener) noexcept {
  int socket;
  Address peer;
  do {
    peer.size = sizeof peer.storage;
    socket =
        ::accept4(listener, reinterpret_cast<sockaddr*>(&peer.storage), &peer.size, SOCK_CLOEXEC);
  } while (socket < 0 && (errno == EINTR || errno == ECONNABORTED));
  if (socket >= 0) make_quick(socket, peer);
  return UniqueFd(socket);
}

int unsent_bytes(int socket) noexcept {
  int bytes = 0;
  return ::ioctl(socket, SIOCOUTQNSD, &bytes) == 0 ? bytes : 0;
}

void ReceiveTimeout::change(int socket, std::chrono::nanoseconds left) noexcept {
  using std::chrono::microseconds;
  constexpr std::int64_t kShortest = 1'000, kLongest = 1'000'000;
  const std::int64_t wanted = std::chrono::duration_cast<microseconds>(left).count();
  std::int64_t step = kLongest;
  if (left == std::chrono::nanoseconds::max()) {
    step = 0;
  } else if (wanted < kLongest) {
    step = static_cast<std::int64_t>(
        std::bit_floor(static_cast<std::uint64_t>(std::max(wanted, kShortest))));
  }
  if (step == microseconds_) return;
  microseconds_ = step;
  const timeval value{.tv_sec = step / 1'000'000, .tv_usec = step % 1'000'000};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &value, sizeof value);
}

std::string error_text(int error) { return std::generic_category().message(error); }

}  // namespace multifrost::transport::direct
