// What a peer may say before its first message, byte by byte.
#include "transport/direct/handshake.h"

#include <algorithm>

#include "transport/direct/command.h"
#include "transport/direct/frame.h"

namespace multifrost::transport::direct {
namespace {

// RFC 23 "Greeting": signature 10, version 2, mechanism 20, as-server 1, filler 31.
constexpr std::size_t kGreeting = 64;
constexpr std::size_t kSignatureEnd = 9;
constexpr std::size_t kMajor = 10;
constexpr std::size_t kMechanism = 12;
constexpr std::size_t kMechanismSize = 20;
constexpr char kOurMajor = 3;
constexpr char kOurMinor = 1;

std::string greeting() {
  std::string bytes(kGreeting, '\0');
  bytes[0] = '\xff';
  bytes[kSignatureEnd] = '\x7f';
  bytes[kMajor] = kOurMajor;
  bytes[kMajor + 1] = kOurMinor;
  bytes.replace(kMechanism, 4, "NULL");
  return bytes;
}

// For messages: other people's bytes must not disturb a terminal.
std::string printable(std::string_view text) {
  std::string shown(text.substr(0, 200));
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return shown;
}

}  // namespace

Handshake::Handshake(Role role, std::string identity)
    : role_(role),
      output_(greeting() +
              ready_frame({role == Role::parent ? "DEALER" : "ROUTER", std::move(identity)})) {}

std::size_t Handshake::feed(std::string_view bytes) {
  std::size_t consumed = 0;
  if (state_ == State::greeting) consumed = feed_greeting(bytes);
  if (state_ == State::ready) consumed += feed_ready(bytes.substr(consumed));
  return consumed;
}

std::size_t Handshake::feed_greeting(std::string_view bytes) {
  if (!bytes.empty() && bytes[0] != '\xff') {
    return fail("the peer does not speak ZMTP 3 (another program, or a ZeroMQ older than 3)");
  }
  if (bytes.size() > kSignatureEnd && bytes[kSignatureEnd] != '\x7f') {
    return fail("the peer does not speak ZMTP 3 (no signature)");
  }
  if (bytes.size() > kMajor && static_cast<unsigned char>(bytes[kMajor]) < 3) {
    return fail("the peer speaks ZMTP " +
                std::string(bytes[kMajor] == 0   ? "1"
                            : bytes[kMajor] == 1 ? "2.0"
                                                 : "2.1") +
                "; version 3 is needed (libzmq 4 or newer)");
  }
  if (bytes.size() < kMechanism + kMechanismSize) return 0;
  std::string_view mechanism = bytes.substr(kMechanism, kMechanismSize);
  mechanism = mechanism.substr(0, mechanism.find('\0'));
  if (mechanism != "NULL") {
    return fail("the peer wants the security mechanism '" + printable(mechanism) +
                "'; this transport has none (NULL)");
  }
  if (bytes.size() < kGreeting) return 0;
  state_ = State::ready;
  return kGreeting;
}

std::size_t Handshake::feed_ready(std::string_view bytes) {
  const FrameHeader header = read_header(bytes);
  // Flags that cannot belong to a command are wrong before the length has arrived.
  if (header.state == FrameHeader::State::bad || (!bytes.empty() && !header.command)) {
    return fail("the peer sent something else than READY after its greeting");
  }
  if (header.state == FrameHeader::State::incomplete) return 0;
  if (header.size > kMaxCommand) {
    return fail("the peer announced a command of " + std::to_string(header.size) + " bytes");
  }
  const auto size = static_cast<std::size_t>(header.size);
  if (bytes.size() < header.length + size) return 0;
  const auto command = read_command(bytes.substr(header.length, size));
  if (command && command->name == "READY") {
    accept_ready(command->body);
  } else if (command && command->name == "ERROR") {
    fail("the peer refused us: " + printable(read_error(command->body)));
  } else {
    fail("the peer sent something else than READY after its greeting");
  }
  return state_ == State::failed ? 0 : header.length + size;
}

void Handshake::accept_ready(std::string_view body) {
  const auto ready = read_ready(body);
  if (!ready) {
    fail("the peer's READY is malformed");
    return;
  }
  const bool fits = role_ == Role::parent
                        ? ready->socket_type == "ROUTER"
                        : ready->socket_type == "DEALER" || ready->socket_type == "REQ";
  if (!fits) {
    fail("the peer is a " + printable(ready->socket_type) + " socket; a " +
         (role_ == Role::parent ? "worker is a ROUTER" : "parent is a DEALER"));
    return;
  }
  if (ready->identity.size() > 255) {
    fail("the peer's identity is longer than 255 bytes");
    return;
  }
  peer_identity_ = ready->identity;
  state_ = State::done;
}

std::string Handshake::broken_off(std::string_view how) const {
  return "the peer broke the handshake off (" + std::string(how) + "); " +
         (state_ == State::greeting
              ? "it may want a security mechanism, PLAIN or CURVE, and this transport has none "
                "(NULL), or may not speak ZMTP 3"
              : std::string("it may be no ") +
                    (role_ == Role::parent ? "ROUTER, as a worker is" : "DEALER, as a parent is"));
}

std::size_t Handshake::fail(std::string reason) {
  reason_ = std::move(reason);
  state_ = State::failed;
  return 0;
}

}  // namespace multifrost::transport::direct
