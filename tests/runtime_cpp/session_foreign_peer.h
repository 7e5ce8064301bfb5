// A worker that speaks another protocol over the same transport: it answers everything with
// messages of its own app id (spec 13.1).
#pragma once

#include <string_view>

#include "multifrost/value.h"
#include "transport/transport.h"

namespace multifrost {

/// Until the connection ends, or `stop_receiving()`.
inline void answer_as_foreigner(transport::Transport& transport, std::string_view app) {
  for (;;) {
    transport::Event event;
    if (transport.receive(event, transport::kNoDeadline) != transport::Received::event) continue;
    if (event.kind == transport::Event::Kind::closed) return;
    if (event.kind != transport::Event::Kind::message) continue;
    const Value asked = decode_value(event.payload).value();
    const Value answer(
        Value::Map{{"app", app}, {"id", asked["id"]}, {"type", "heartbeat"}, {"timestamp", 1.5}});
    Buffer message;
    message.append(encode(answer).value().view().as_text());
    transport.try_send(event.peer, message);
  }
}

}  // namespace multifrost
