// What the direct transport's tests share: transports in pairs, events one by one, and a peer made
// of a bare socket that can say anything.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "transport/direct/command.h"
#include "transport/direct/direct_factory.h"
#include "transport/direct/direct_transport.h"
#include "transport/direct/frame.h"
#include "transport/direct/socket.h"
#include "transport/event_fd.h"
#include "transport/transport.h"

namespace multifrost::transport::direct {

/// A hang guard, never a measurement.
inline Deadline guard() { return Clock::now() + std::chrono::seconds(30); }

inline Buffer buffer_of(std::string_view text) {
  Buffer buffer;
  buffer.append(text);
  return buffer;
}

/// The whole one that `reader` has.
inline Bytes message_of(MessageReader& reader) {
  Bytes message;
  reader.take_message(message);
  return message;
}

inline Sent send(Transport& transport, PeerId peer, std::string_view text,
                 std::uint64_t* number = nullptr) {
  Buffer buffer = buffer_of(text);
  return transport.try_send(peer, buffer, number);
}

/// The next event, which must be of this kind.
inline Event expect(Transport& transport, Event::Kind kind) {
  Event event;
  const Received received = transport.receive(event, guard());
  EXPECT_EQ(received, Received::event) << "nothing came";
  if (received == Received::event) {
    EXPECT_EQ(event.kind, kind) << "reason: " << event.reason;
  }
  return event;
}

inline PeerId expect_connected(Transport& transport) {
  return expect(transport, Event::Kind::connected).peer;
}

inline std::string expect_message(Transport& transport) {
  return std::string(expect(transport, Event::Kind::message).payload.as_text());
}

/// Lets a transport do its connection work while somebody else is waited for.
class Pump {
 public:
  explicit Pump(Transport& transport) : transport_(transport) {}
  /// Nothing but connection work may happen.
  void step() {
    Event event;
    EXPECT_EQ(transport_.receive(event, Clock::now() + std::chrono::milliseconds(1)),
              Received::timeout)
        << "unexpected event " << static_cast<int>(event.kind) << " " << event.reason;
  }

 private:
  Transport& transport_;
};

inline std::string greeting_bytes(std::string mechanism = "NULL", char major = 3) {
  mechanism.resize(20, '\0');
  std::string bytes("\xff\0\0\0\0\0\0\0\x01\x7f", 10);
  bytes += major;
  bytes += '\0';
  return bytes + mechanism + std::string(32, '\0');
}

inline std::string opening_bytes(const std::string& type, const std::string& identity = {}) {
  return greeting_bytes() + ready_frame({type, identity});
}

inline std::string message_bytes(std::string_view payload) {
  return std::string(MessageHead(payload.size()).view()) + std::string(payload);
}

/// A bare socket.
class RawPeer {
 public:
  explicit RawPeer(const Endpoint& endpoint) {
    auto connecting = begin_connect(endpoint);
    EXPECT_TRUE(connecting.ok()) << (connecting.ok() ? "" : connecting.failure().message());
    if (!connecting.ok()) return;
    socket_ = std::move(connecting->socket);
    if (!connecting->pending) return;
    pollfd entry{socket_.get(), POLLOUT, 0};
    EXPECT_EQ(::poll(&entry, 1, 30'000), 1);
    EXPECT_EQ(finish_connect(socket_.get()), 0);
  }

  int fd() const { return socket_.get(); }
  void close() { socket_.reset(); }

  void say(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return;  // refused meanwhile, which the caller looks for
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }

  /// What arrives until `size` bytes are there or the other side closes; pumps `transport`
  /// meanwhile.
  std::string hear(std::size_t size, Transport* transport = nullptr) {
    std::string heard;
    const Deadline until = guard();
    while (heard.size() < size && Clock::now() < until) {
      if (transport != nullptr) Pump(*transport).step();
      char piece[4096];
      pollfd entry{socket_.get(), POLLIN, 0};
      if (::poll(&entry, 1, transport != nullptr ? 0 : 100) != 1) continue;
      const ssize_t count =
          ::recv(socket_.get(), piece, std::min(sizeof piece, size - heard.size()), 0);
      if (count <= 0) {
        closed_ = true;
        break;
      }
      heard.append(piece, static_cast<std::size_t>(count));
    }
    return heard;
  }
  /// True when the other side closes, whatever it says before.
  bool is_closed_by(Transport& transport) {
    const Deadline until = guard();
    while (!closed_ && Clock::now() < until) hear(1, &transport);
    return closed_;
  }

 private:
  UniqueFd socket_;
  bool closed_ = false;
};

/// Flushes what waits, as the session's supervisor does.
class Flusher {
 public:
  explicit Flusher(Transport& transport)
      : thread_([this, &transport] {
          const int watched[] = {transport.flush_descriptor(), stop_.get()};
          while ((wait_readable(watched, 2, kNoDeadline) & 2u) == 0) transport.flush();
        }) {}
  Flusher(const Flusher&) = delete;
  Flusher& operator=(const Flusher&) = delete;
  ~Flusher() {
    stop_.set();
    thread_.join();
  }

 private:
  EventFd stop_;
  std::thread thread_;
};

/// A parent that listens in spawn mode and a worker that has joined it.
struct SpawnPair {
  explicit SpawnPair(Endpoint::Kind kind, const Limits& limits = {},
                     std::shared_ptr<PeerCheck> check = {}) {
    auto factory = make_direct_factory();
    auto listening = factory->listen_as_parent(
        {.tcp = true, .unix_socket = true, .check = check, .limits = limits});
    EXPECT_TRUE(listening.ok());
    parent = std::move(listening->transport);
    endpoints = listening->endpoints;
    auto connecting = factory->connect_as_worker(endpoint(kind), limits);
    EXPECT_TRUE(connecting.ok());
    worker = *std::move(connecting);
    connect();
  }
  Endpoint endpoint(Endpoint::Kind kind) const {
    for (const Endpoint& one : endpoints) {
      if (one.kind == kind) return one;
    }
    ADD_FAILURE() << "no such endpoint";
    return {};
  }

  std::vector<Endpoint> endpoints;
  std::unique_ptr<Transport> parent, worker;
  PeerId to_worker{}, to_parent{};

 private:
  void connect() {
    const Deadline until = guard();
    Event event;
    while ((to_worker == PeerId::none || to_parent == PeerId::none) && Clock::now() < until) {
      const auto soon = Clock::now() + std::chrono::milliseconds(1);
      if (to_worker == PeerId::none && parent->receive(event, soon) == Received::event) {
        EXPECT_EQ(event.kind, Event::Kind::connected) << event.reason;
        to_worker = event.peer;
      }
      if (to_parent == PeerId::none && worker->receive(event, soon) == Received::event) {
        EXPECT_EQ(event.kind, Event::Kind::connected) << event.reason;
        to_parent = event.peer;
      }
    }
  }
};

}  // namespace multifrost::transport::direct
