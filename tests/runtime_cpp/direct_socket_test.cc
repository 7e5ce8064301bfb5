// What connections are set to.
#include "transport/direct/socket.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <string>

#include "transport/event_fd.h"

namespace multifrost::transport::direct {
namespace {

int number(int socket, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(::getsockopt(socket, IPPROTO_TCP, option, &value, &size), 0);
  return value;
}

std::string congestion_control(int socket) {
  char name[32] = {};
  socklen_t size = sizeof name;
  EXPECT_EQ(::getsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name, &size), 0);
  return name;
}

TEST(Socket, ALoopbackConnectionIsQuickAtBothEnds) {
  for (const char* host : {"127.0.0.1", "127.0.0.2"}) {
    SCOPED_TRACE(host);
    Endpoint endpoint;
    endpoint.host = host;
    const auto listener = listen_on(endpoint);
    ASSERT_TRUE(listener.ok()) << listener.failure().message();
    const auto connecting = begin_connect(endpoint);
    ASSERT_TRUE(connecting.ok()) << connecting.failure().message();
    const int watched = listener->get();
    ASSERT_EQ(wait_readable(&watched, 1, Clock::now() + std::chrono::seconds(20)), 1u);
    const UniqueFd accepted = accept_from(listener->get());
    ASSERT_TRUE(accepted);
    for (const int socket : {connecting->socket.get(), accepted.get()}) {
      EXPECT_EQ(number(socket, TCP_NODELAY), 1);
      EXPECT_EQ(congestion_control(socket), "reno");
    }
  }
}

}  // namespace
}  // namespace multifrost::transport::direct
