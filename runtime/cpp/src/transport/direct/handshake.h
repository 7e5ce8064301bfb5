// The opening of a ZMTP 3.x connection with the NULL mechanism: greetings, then READY both ways.
//
// A pure state machine: feed() takes what has arrived, output() is what to send.
//
//   greeting --64 good bytes--> ready --READY that fits--> done
//      |                          |
//      +--anything else-----------+--> failed, with a reason for people
//
// There is no way down: peers older than ZMTP 3 and other mechanisms are refused. Wrong bytes fail
// at once, before the rest arrives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace multifrost::transport::direct {

/// A parent is a DEALER, a worker a ROUTER (spec 3.1).
enum class Role : std::uint8_t { parent, worker };

class Handshake {
 public:
  enum class State : std::uint8_t { greeting, ready, done, failed };

  /// `identity`: what we call ourselves, at most 255 bytes.
  Handshake(Role role, std::string identity);

  /// All that we have to send; it does not depend on the peer.
  const std::string& output() const noexcept { return output_; }

  /// Looks at everything that has arrived and not been consumed; returns how many bytes it
  /// consumed. What follows the peer's READY is left alone.
  std::size_t feed(std::string_view bytes);

  State state() const noexcept { return state_; }
  /// failed: why.
  const std::string& reason() const noexcept { return reason_; }
  /// greeting or ready, and the connection has ended, in the words of `how`: why that may be. A
  /// peer that we do not suit may close before it has said anything (libzmq does).
  std::string broken_off(std::string_view how) const;
  /// done: what the peer calls itself; may be empty.
  const std::string& peer_identity() const noexcept { return peer_identity_; }

 private:
  std::size_t feed_greeting(std::string_view bytes);
  std::size_t feed_ready(std::string_view bytes);
  void accept_ready(std::string_view body);
  std::size_t fail(std::string reason);

  Role role_;
  State state_ = State::greeting;
  std::string output_;
  std::string reason_;
  std::string peer_identity_;
};

}  // namespace multifrost::transport::direct
