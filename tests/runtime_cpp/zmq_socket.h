// A peer made of libzmq alone, for tests: frames in, frames out.
#pragma once

#include <gtest/gtest.h>
#include <zmq.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "transport/transport.h"

namespace multifrost::transport {

/// A libzmq socket with its own context; receives give up after the guard's time.
class ZmqSocket {
 public:
  explicit ZmqSocket(int type) : context_(::zmq_ctx_new()), socket_(::zmq_socket(context_, type)) {
    set(ZMQ_LINGER, 0);
    set(ZMQ_RCVTIMEO, 30'000);
    set(ZMQ_SNDTIMEO, 30'000);
  }
  ZmqSocket(const ZmqSocket&) = delete;
  ZmqSocket& operator=(const ZmqSocket&) = delete;
  ~ZmqSocket() {
    ::zmq_close(socket_);
    ::zmq_ctx_term(context_);
  }

  void set(int option, int value) {
    EXPECT_EQ(::zmq_setsockopt(socket_, option, &value, sizeof value), 0);
  }
  void set(int option, std::string_view value) {
    EXPECT_EQ(::zmq_setsockopt(socket_, option, value.data(), value.size()), 0);
  }
  void connect(const Endpoint& to) { EXPECT_EQ(::zmq_connect(socket_, url(to).c_str()), 0); }
  Endpoint bind(const std::string& where) {
    EXPECT_EQ(::zmq_bind(socket_, where.c_str()), 0) << where;
    char bound[256] = {};
    std::size_t size = sizeof bound;
    ::zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, bound, &size);
    const std::string text = bound;
    Endpoint endpoint;
    if (text.starts_with("ipc://")) {
      endpoint.kind = Endpoint::Kind::unix_socket;
      endpoint.path = text.substr(6);
    } else {
      endpoint.port = static_cast<std::uint16_t>(std::stoul(text.substr(text.rfind(':') + 1)));
    }
    return endpoint;
  }

  void send(const std::vector<std::string>& frames) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const int more = i + 1 < frames.size() ? ZMQ_SNDMORE : 0;
      EXPECT_EQ(::zmq_send(socket_, frames[i].data(), frames[i].size(), more),
                static_cast<int>(frames[i].size()))
          << ::zmq_strerror(::zmq_errno());
    }
  }
  std::vector<std::string> receive() {
    std::vector<std::string> frames;
    for (bool more = true; more;) {
      zmq_msg_t frame;
      ::zmq_msg_init(&frame);
      if (::zmq_msg_recv(&frame, socket_, 0) < 0) {
        ADD_FAILURE() << ::zmq_strerror(::zmq_errno());
        return frames;
      }
      frames.emplace_back(static_cast<const char*>(::zmq_msg_data(&frame)), ::zmq_msg_size(&frame));
      more = ::zmq_msg_more(&frame) != 0;
      ::zmq_msg_close(&frame);
    }
    return frames;
  }

 private:
  static std::string url(const Endpoint& to) {
    return to.kind == Endpoint::Kind::tcp ? "tcp://127.0.0.1:" + std::to_string(to.port)
                                          : "ipc://" + to.path;
  }
  void* context_;
  void* socket_;
};

}  // namespace multifrost::transport
