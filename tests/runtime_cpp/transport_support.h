// What the tests of all transports share: messages in, events out one by one.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "transport/transport.h"

namespace multifrost::transport {

/// A hang guard, never a measurement.
inline Deadline guard() { return Clock::now() + std::chrono::seconds(30); }

inline Buffer buffer_of(std::string_view text) {
  Buffer buffer;
  buffer.append(text);
  return buffer;
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

}  // namespace multifrost::transport
