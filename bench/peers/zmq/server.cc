// A ROUTER that answers: it connects to the first client, as a worker does, and listens for others.
#include <array>

#include "harness/server_process.h"
#include "socket.h"

using bench::raw::Message;
using bench::zeromq::Frame;
using bench::zeromq::Socket;

int main(int, char** argv) {
  bench::begin_server();
  Socket socket(::zmq_ctx_new(), ZMQ_ROUTER);
  socket.connect(argv[2]);
  bench::announce_ready(socket.bind_anywhere());
  for (;;) {
    std::array<Frame, 3> frames;  // who asks, a delimiter, the message
    for (Frame& frame : frames) socket.receive(frame);
    Frame& asked = frames[2];
    Message message = bench::raw::from_wire(asked.data());
    socket.send(frames[0], ZMQ_SNDMORE);
    socket.send(frames[1], ZMQ_SNDMORE);
    if (message.operation == bench::raw::Operation::echo) {
      socket.send(asked);
      continue;
    }
    message.a += message.b;
    const bench::raw::Wire wire = bench::raw::to_wire(message);
    Frame answer(wire.size());
    std::memcpy(answer.data(), wire.data(), wire.size());
    socket.send(answer);
  }
}
