// What a reader of a connection has got: an event, and the message in it, read without the lock.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <optional>

#include "protocol/protocol.h"
#include "transport/transport.h"

namespace multifrost::session {

struct Arrived {
  transport::Event event;
  // Views into the event's payload.
  std::optional<protocol::Result> result;  ///< most messages are one
  protocol::Reading reading{};
  std::optional<protocol::Message> message;  ///< what is none

  void read(const protocol::Protocol& protocol) {
    if (event.kind != transport::Event::Kind::message) return;
    if (protocol.read_result(event.payload, result.emplace())) return;
    result.reset();
    reading = protocol.read(event.payload, message.emplace());
  }
};

/// A few of them, each made only when it comes: clearing memory for all would take longer than
/// reading some.
class ArrivedTogether {
 public:
  ArrivedTogether() noexcept = default;
  ArrivedTogether(const ArrivedTogether&) = delete;
  ArrivedTogether& operator=(const ArrivedTogether&) = delete;
  ~ArrivedTogether() { std::destroy(begin(), end()); }

  bool full() const noexcept { return count_ == kMost; }
  Arrived& add() noexcept { return *new (begin() + count_++) Arrived; }
  void drop_last() noexcept { std::destroy_at(begin() + --count_); }

  Arrived* begin() noexcept { return reinterpret_cast<Arrived*>(memory_); }
  Arrived* end() noexcept { return begin() + count_; }

 private:
  static constexpr std::size_t kMost = 16;

  alignas(Arrived) std::byte memory_[kMost * sizeof(Arrived)];
  std::size_t count_ = 0;
};

}  // namespace multifrost::session
