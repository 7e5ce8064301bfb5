// A libzmq socket that never drops and never lingers, and the frames that go through it.
#pragma once

#include <zmq.h>

#include <cstddef>
#include <string>

#include "harness/fail.h"
#include "message.h"

namespace bench::zeromq {

/// One frame; owns its memory.
class Frame {
 public:
  Frame() { ::zmq_msg_init(&message_); }
  explicit Frame(std::size_t size) {
    require(::zmq_msg_init_size(&message_, size) == 0, "no memory for a frame");
  }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  ~Frame() { ::zmq_msg_close(&message_); }

  char* data() noexcept { return static_cast<char*>(::zmq_msg_data(&message_)); }
  std::size_t size() const noexcept { return ::zmq_msg_size(&message_); }
  zmq_msg_t* handle() noexcept { return &message_; }

 private:
  zmq_msg_t message_{};
};

class Socket {
 public:
  Socket(void* context, int type) : socket_(::zmq_socket(context, type)) {
    const int none = 0;
    for (const int option : {ZMQ_SNDHWM, ZMQ_RCVHWM, ZMQ_LINGER}) {
      ::zmq_setsockopt(socket_, option, &none, sizeof none);
    }
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { ::zmq_close(socket_); }

  /// Binds to a free port; where that is.
  std::string bind_anywhere() {
    require(::zmq_bind(socket_, "tcp://127.0.0.1:*") == 0, "cannot bind");
    std::string place(256, '\0');
    std::size_t size = place.size();
    require(::zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, place.data(), &size) == 0,
            "cannot tell the port");
    place.resize(size - 1);
    return place;
  }
  void connect(const std::string& place) {
    require(::zmq_connect(socket_, place.c_str()) == 0, "cannot connect");
  }

  void send(Frame& frame, int flags = 0) {
    require(::zmq_msg_send(frame.handle(), socket_, flags) >= 0, "cannot send");
  }
  void receive(Frame& into) {
    require(::zmq_msg_recv(into.handle(), socket_, 0) >= 0, "cannot receive");
  }

 private:
  void* socket_;
};

}  // namespace bench::zeromq
