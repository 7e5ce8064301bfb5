// What a reader of a connection has got: an event, and the message in it, read without the lock.
#pragma once

#include "protocol/protocol.h"
#include "transport/transport.h"

namespace multifrost::session {

struct Arrived {
  transport::Event event;
  protocol::Reading reading{};
  protocol::Message message;  ///< views into the event's payload

  void read(const protocol::Protocol& protocol) {
    if (event.kind != transport::Event::Kind::message) return;
    reading = protocol.read(event.payload, message);
  }
};

}  // namespace multifrost::session
