// Owners of libzmq's sockets and contexts. A socket ends before its context.
#pragma once

#include <memory>

#include "transport/libzmq/zmq_library.h"

namespace multifrost::transport {

struct CloseZmqSocket {
  void operator()(void* socket) const noexcept { zmq().close(socket); }
};
using ZmqSocket = std::unique_ptr<void, CloseZmqSocket>;

/// Ends the context when it goes: waits until the sockets have lingered.
struct TerminateZmq {
  void operator()(void* context) const noexcept { zmq().ctx_term(context); }
};
using ZmqContext = std::unique_ptr<void, TerminateZmq>;

}  // namespace multifrost::transport
