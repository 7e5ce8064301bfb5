#include "sockets.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>

#include "harness/fail.h"
#include "harness/server_process.h"

namespace bench::raw {
namespace {

template <class Address>
sockaddr* generic(Address& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

sockaddr_in loopback(int port) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(static_cast<std::uint16_t>(port));
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return place;
}

sockaddr_un at_path(const std::string& path) {
  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  require(path.size() < sizeof place.sun_path, "the socket's path is too long");
  std::copy(path.begin(), path.end(), place.sun_path);
  return place;
}

int open_socket(int family) {
  const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  require(socket >= 0, "cannot make a socket");
  return socket;
}

// On a Unix socket this fails, and nothing depends on it.
void send_at_once(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

int listen_anywhere(const std::string& transport, std::string& address) {
  int listener = -1;
  if (transport == "unix") {
    address = socket_path("raw");
    listener = open_socket(AF_UNIX);
    sockaddr_un place = at_path(address);
    require(::bind(listener, generic(place), sizeof place) == 0, "cannot bind");
  } else {
    listener = open_socket(AF_INET);
    sockaddr_in place = loopback(0);
    socklen_t size = sizeof place;
    require(::bind(listener, generic(place), sizeof place) == 0, "cannot bind");
    require(::getsockname(listener, generic(place), &size) == 0, "cannot tell the port");
    address = std::to_string(ntohs(place.sin_port));
  }
  require(::listen(listener, 64) == 0, "cannot listen");
  return listener;
}

int accept_one(int listener) {
  const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  require(socket >= 0, "cannot accept");
  send_at_once(socket);
  return socket;
}

int dial(const std::string& transport, const std::string& address) {
  if (transport == "unix") {
    const int socket = open_socket(AF_UNIX);
    sockaddr_un place = at_path(address);
    require(::connect(socket, generic(place), sizeof place) == 0, "cannot connect");
    return socket;
  }
  const int socket = open_socket(AF_INET);
  sockaddr_in place = loopback(std::stoi(address));
  require(::connect(socket, generic(place), sizeof place) == 0, "cannot connect");
  send_at_once(socket);
  return socket;
}

void write_all(int socket, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::send(socket, data, size, MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR) continue;
    require(written > 0, "cannot send");
    data += written;
    size -= static_cast<std::size_t>(written);
  }
}

std::size_t read_some(int socket, char* data, std::size_t size) {
  for (;;) {
    const ssize_t received = ::recv(socket, data, size, 0);
    if (received >= 0) return static_cast<std::size_t>(received);
    if (errno != EINTR) return 0;
  }
}

bool read_all(int socket, char* data, std::size_t size) {
  while (size > 0) {
    const std::size_t received = read_some(socket, data, size);
    if (received == 0) return false;
    data += received;
    size -= received;
  }
  return true;
}

}  // namespace bench::raw
