// Who is at the other end of a connection (R6).
#include "process/peer_check.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loopback_listener.h"
#include "process/process_tree.h"
#include "process/socket_inode.h"
#include "process_support.h"

namespace multifrost::process {
namespace {

class TcpListener {
 public:
  std::string port() const { return std::to_string(listener_.port()); }
  UniqueFd accept() const {
    EXPECT_TRUE(wait_readable(listener_.socket()));
    return UniqueFd(::accept4(listener_.socket(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  UniqueFd connect_ourselves() const {
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(listener_.port());
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return socket;
  }

 private:
  LoopbackListener listener_;
};

// Connects and holds the connection until the lifeline ends.
std::string connector(const std::string& port) {
  return "python3 -c 'import socket, sys; s = socket.create_connection((\"127.0.0.1\", " + port +
         ")); sys.stdin.read()'";
}

class TcpPeer : public ::testing::Test {
 protected:
  Spawner spawner_;
  TcpListener listener_;
};

TEST_F(TcpPeer, AcceptsTheChildItself) {
  auto child = spawner_.start(shell("exec " + connector(listener_.port()))).value();
  const UniqueFd connection = listener_.accept();
  EXPECT_TRUE(tcp_peer_belongs_to(connection.get(), child.pid()));
}

TEST_F(TcpPeer, AcceptsAGrandchildBehindWrappers) {
  auto child = spawner_
                   .start(shell("sh -c \"" +
                                [](std::string text) {
                                  for (std::size_t at = 0;
                                       (at = text.find('"', at)) != std::string::npos; at += 2) {
                                    text.insert(at, "\\");
                                  }
                                  return text;
                                }(connector(listener_.port())) +
                                "; true\"; true"))
                   .value();
  const UniqueFd connection = listener_.accept();
  EXPECT_TRUE(tcp_peer_belongs_to(connection.get(), child.pid()));
}

TEST_F(TcpPeer, AcceptsADescendantInASessionOfItsOwn) {
  auto child = spawner_.start(shell("setsid -w " + connector(listener_.port()) + "; true")).value();
  const UniqueFd connection = listener_.accept();
  EXPECT_TRUE(tcp_peer_belongs_to(connection.get(), child.pid()));
}

TEST_F(TcpPeer, RefusesStrangers) {
  auto child = spawner_.start(shell("read line")).value();
  const UniqueFd ours = listener_.connect_ourselves();
  const UniqueFd connection = listener_.accept();
  EXPECT_FALSE(tcp_peer_belongs_to(connection.get(), child.pid()));
  auto sibling = spawner_.start(shell("exec " + connector(listener_.port()))).value();
  const UniqueFd second = listener_.accept();
  EXPECT_FALSE(tcp_peer_belongs_to(second.get(), child.pid()));
  EXPECT_TRUE(tcp_peer_belongs_to(second.get(), sibling.pid()));
}

TEST_F(TcpPeer, RefusesAPeerThatHasGone) {
  UniqueFd ours = listener_.connect_ourselves();
  const UniqueFd connection = listener_.accept();
  EXPECT_TRUE(tcp_peer_belongs_to(connection.get(), ::getpid()));
  ours.reset();
  EXPECT_FALSE(tcp_peer_belongs_to(connection.get(), ::getpid()));
}

class SocketInode : public TcpPeer {
 protected:
  static sockaddr_in address(int (*which)(int, sockaddr*, socklen_t*), int socket) {
    sockaddr_in into{};
    socklen_t size = sizeof into;
    EXPECT_EQ(which(socket, reinterpret_cast<sockaddr*>(&into), &size), 0);
    return into;
  }
};

TEST_F(SocketInode, IsThatOfTheOtherEnd) {
  const UniqueFd ours = listener_.connect_ourselves();
  const UniqueFd accepted = listener_.accept();
  struct stat facts {};
  ASSERT_EQ(::fstat(ours.get(), &facts), 0);
  const sockaddr_in here = address(::getsockname, accepted.get());
  const sockaddr_in there = address(::getpeername, accepted.get());
  EXPECT_EQ(socket_inode(there, here), facts.st_ino);
}

TEST_F(SocketInode, IsNeverThatOfASocketThatListens) {
  const UniqueFd ours = listener_.connect_ourselves();
  const sockaddr_in here = address(::getpeername, ours.get());
  sockaddr_in nobody = address(::getsockname, ours.get());
  nobody.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
  EXPECT_EQ(socket_inode(here, nobody), std::nullopt);
}

TEST(UnixPeer, KnowsItsUser) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const UniqueFd one(ends[0]), other(ends[1]);
  EXPECT_TRUE(unix_peer_is_our_user(one.get()));
  EXPECT_FALSE(unix_peer_is_our_user(-1));
  EXPECT_FALSE(tcp_peer_belongs_to(one.get(), ::getpid()));
}

TEST(ProcessTree, FindsNobodyForAPidThatIsNot) { EXPECT_TRUE(family_of(-5).empty()); }

}  // namespace
}  // namespace multifrost::process
