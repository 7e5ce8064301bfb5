// The libzmq transport by itself: many messages together, and peers that do not read.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "transport/libzmq/zmq_factory.h"
#include "transport_support.h"
#include "zmq_socket.h"

namespace multifrost::transport {
namespace {

using Kind = Event::Kind;

/// Different ones, of a few bytes to some kilobytes, which fill no parcel exactly.
std::string text(int number) {
  const int length = number % 400 == 7 ? 6000 : number * 31 % 1300;
  return std::to_string(number) + std::string(static_cast<std::size_t>(length), '.');
}

/// Whether a connection to this port has an end that is not closed.
bool is_open(std::uint16_t port) {
  constexpr unsigned kTimeWait = 6, kListening = 10;
  std::ifstream table("/proc/net/tcp");
  for (std::string line; std::getline(table, line);) {
    unsigned from = 0, to = 0, state = 0;
    if (std::sscanf(line.c_str(), " %*d: %*8X:%4X %*8X:%4X %2X", &from, &to, &state) != 3) continue;
    if ((from == port || to == port) && state != kTimeWait && state != kListening) return true;
  }
  return false;
}

/// Waits for room where there is none.
void send_held(Transport& transport, PeerId peer, int number, std::uint64_t* message_number) {
  Buffer message = buffer_of(text(number));
  while (transport.try_send(peer, message, message_number, Urgency::held) == Sent::full) {
    expect(transport, Kind::room);
  }
}

class ZmqTransportTest : public ::testing::Test {
 protected:
  static constexpr int kSome = 5'000;
  static constexpr int kMany = 10'000;  ///< more than the system and libzmq take on their own

  std::unique_ptr<Factory> factory_ = make_zmq_factory();
};

TEST_F(ZmqTransportTest, HeldMessagesArriveInOrder) {
  auto listening = factory_->listen_as_parent({});
  ASSERT_TRUE(listening.ok()) << listening.failure().message();
  Transport& parent = *listening->transport;
  const auto worker = factory_->connect_as_worker(listening->endpoints[0], {}).value();
  const PeerId to_worker = expect_connected(parent);
  std::thread answers([&] {
    const PeerId to_parent = expect_connected(*worker);
    for (int i = 0; i < kSome; ++i) {
      ASSERT_EQ(expect_message(*worker), text(i));
      std::uint64_t number = 0;
      send_held(*worker, to_parent, i, &number);
      EXPECT_EQ(number, static_cast<std::uint64_t>(i) + 1);
    }
    worker->release();
  });
  std::thread calls([&] {
    for (int i = 0; i < kSome; ++i) {
      Buffer message = buffer_of(text(i));
      // All of them together are less than would be refused.
      ASSERT_EQ(parent.try_send(to_worker, message, nullptr, i % 9 ? Urgency::held : Urgency::now),
                Sent::taken);
    }
    parent.release();
  });
  for (int i = 0; i < kSome; ++i) ASSERT_EQ(expect_message(parent), text(i));
  calls.join();
  answers.join();
}

/// A worker that listens, and a peer of libzmq's that has made itself known and reads late.
class ZmqServiceTest : public ZmqTransportTest {
 protected:
  ZmqServiceTest() {
    auto listening = factory_->listen_as_worker({}, {});
    EXPECT_TRUE(listening.ok()) << listening.failure().message();
    worker_ = std::move(listening->transport);
    at_ = listening->endpoints[0];
  }

  PeerId introduce(ZmqSocket& peer) {
    peer.connect(at_);
    peer.send({"", "hello"});
    const PeerId id = expect_connected(*worker_);
    EXPECT_EQ(expect_message(*worker_), "hello");
    return id;
  }
  static void make_slow(ZmqSocket& peer) {
    peer.set(ZMQ_RCVHWM, 1);
    peer.set(ZMQ_RCVBUF, 32 * 1024);
  }

  std::unique_ptr<Transport> worker_;
  Endpoint at_;
};

TEST_F(ZmqServiceTest, AnswersWaitForAPeerThatReadsLate) {
  ZmqSocket slow(ZMQ_DEALER);
  make_slow(slow);
  const PeerId peer = introduce(slow);
  for (int i = 0; i < kMany; ++i) send_held(*worker_, peer, i, nullptr);
  worker_->release();
  for (int i = 0; i < kMany; ++i) ASSERT_EQ(slow.receive().at(1), text(i));
}

TEST_F(ZmqServiceTest, APeerThatEndsWithoutReadingHarmsNobody) {
  ZmqSocket other(ZMQ_DEALER);
  const PeerId reads = introduce(other);
  for (int round = 0; round < 3; ++round) {
    auto slow = std::make_unique<ZmqSocket>(ZMQ_DEALER);
    make_slow(*slow);
    const PeerId peer = introduce(*slow);
    for (int i = 0; i < kMany; ++i) send_held(*worker_, peer, i, nullptr);
    worker_->release();
    slow.reset();
    const Event lost = expect(*worker_, Kind::lost);
    EXPECT_EQ(lost.peer, peer);
    EXPECT_LT(lost.written, static_cast<std::uint64_t>(kMany)) << "nothing has waited";
    for (int i = 0; i < 100; ++i) send_held(*worker_, reads, i, nullptr);
    worker_->release();
    for (int i = 0; i < 100; ++i) ASSERT_EQ(other.receive().at(1), text(i));
  }
}

TEST_F(ZmqServiceTest, WhatAServiceSentBeforeItEndedIsReceived) {
  constexpr int kLarge = 10, kSmall = 600;
  const std::string large(std::size_t{1} << 20, '.');
  const auto parent = factory_->connect_as_parent(at_, {}).value();
  const PeerId service = expect_connected(*parent);
  ASSERT_EQ(send(*parent, service, "hello"), Sent::taken);
  const PeerId peer = expect_connected(*worker_);
  EXPECT_EQ(expect_message(*worker_), "hello");
  // The large ones are more than the parent receives while nobody takes them.
  for (int i = 0; i < kLarge; ++i) ASSERT_EQ(send(*worker_, peer, large), Sent::taken);
  for (int i = 0; i < kSmall; ++i) ASSERT_EQ(send(*worker_, peer, text(i)), Sent::taken);
  EXPECT_TRUE(worker_->finish(guard()));
  worker_.reset();
  // Not before: what a closed socket is sent it answers with a reset, and drops what it has still
  // to send (the direct transport waits for that to leave; libzmq does not).
  while (is_open(at_.port)) std::this_thread::yield();
  while (send(*parent, service, "anybody?") != Sent::gone) std::this_thread::yield();
  for (int i = 0; i < kLarge; ++i) ASSERT_EQ(expect_message(*parent), large);
  for (int i = 0; i < kSmall; ++i) ASSERT_EQ(expect_message(*parent), text(i));
  EXPECT_EQ(expect(*parent, Kind::lost).peer, service);
}

TEST_F(ZmqServiceTest, ADisconnectedPeersMessagesAreNoLongerItsOwn) {
  ZmqSocket one(ZMQ_DEALER);
  const PeerId first = introduce(one);
  worker_->disconnect(first);
  EXPECT_EQ(expect(*worker_, Kind::lost).peer, first);
  one.send({"", "again"});
  const PeerId second = expect_connected(*worker_);
  EXPECT_NE(second, first);
  const Event message = expect(*worker_, Kind::message);
  EXPECT_EQ(message.peer, second);
  EXPECT_EQ(message.payload.as_text(), "again");
}

}  // namespace
}  // namespace multifrost::transport
