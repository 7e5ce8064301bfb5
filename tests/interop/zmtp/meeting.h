// How our transport and a peer's socket come together, and what the tests of both roles share.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "direct_support.h"
#include "peer_process.h"

namespace multifrost::transport::direct {

struct Meeting {
  bool we_bind;
  Endpoint::Kind kind;
};

inline std::string name(const ::testing::TestParamInfo<Meeting>& info) {
  return std::string(info.param.we_bind ? "binding" : "connecting") +
         (info.param.kind == Endpoint::Kind::tcp ? "_tcp" : "_unix");
}

inline const auto kEveryMeeting = ::testing::Values(
    Meeting{true, Endpoint::Kind::tcp}, Meeting{true, Endpoint::Kind::unix_socket},
    Meeting{false, Endpoint::Kind::tcp}, Meeting{false, Endpoint::Kind::unix_socket});

/// The longest identity that a published peer is known to have: Go's UUID as text.
inline constexpr const char* kUuid = "identity=0123abcd-4567-89ef-0123-456789abcdef";

// ---- addresses

inline std::string address_of(const Endpoint& endpoint) {
  return endpoint.kind == Endpoint::Kind::tcp ? "tcp://127.0.0.1:" + std::to_string(endpoint.port)
                                              : "ipc://" + endpoint.path;
}

inline Endpoint endpoint_of(const std::string& address) {
  Endpoint endpoint;
  if (address.starts_with("ipc://")) {
    endpoint.kind = Endpoint::Kind::unix_socket;
    endpoint.path = address.substr(6);
  } else {
    endpoint.port = static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
  }
  return endpoint;
}

/// A place of this kind that is free.
inline Endpoint free_place(Endpoint::Kind kind) {
  Endpoint place;
  place.kind = kind;
  if (kind == Endpoint::Kind::unix_socket) {
    place.path = (std::filesystem::temp_directory_path() / ("mf-" + one_time_token().substr(0, 8)));
  }
  return place;
}

// ---- peers

/// A peer's socket that connects to where we listen.
inline std::unique_ptr<PeerProcess> peer_at(const Endpoint& endpoint, const std::string& socket,
                                            std::vector<std::string> options = {}) {
  options.insert(options.begin(), {socket, "connect", address_of(endpoint)});
  if (!endpoint.token.empty()) options.push_back("identity=" + endpoint.token);
  return std::make_unique<PeerProcess>(options);
}

/// A peer's socket that binds.
inline std::unique_ptr<PeerProcess> peer_binding(const Endpoint& place, const std::string& socket,
                                                 std::vector<std::string> options = {}) {
  options.insert(options.begin(), {socket, "bind", address_of(place)});
  return std::make_unique<PeerProcess>(options);
}

/// The reader of a transport that returns every message and notes who came and went.
class EchoReader {
 public:
  explicit EchoReader(Transport& transport) : transport_(transport) {}

  /// The next one that connects.
  PeerId connected() { return next(connected_).peer; }
  /// The next connection that ends.
  Event lost() { return next(lost_); }
  bool nobody_came() const { return connected_.empty(); }

  /// Serves until the peer has said a line.
  std::string line_of(PeerProcess& peer) {
    Event event;
    for (;;) {
      const Received received = transport_.receive(event, guard(), peer.output());
      if (received == Received::woken) return peer.line();
      EXPECT_EQ(received, Received::event) << "nothing came";
      if (received != Received::event) return {};
      take(std::move(event));
    }
  }
  /// Serves until the peer has obeyed; its answer.
  std::string obeys(PeerProcess& peer, const std::string& command) {
    peer.say(command);
    return line_of(peer);
  }

 private:
  void take(Event event) {
    switch (event.kind) {
      case Event::Kind::connected:
        return connected_.push_back(std::move(event));
      case Event::Kind::lost:
        return lost_.push_back(std::move(event));
      case Event::Kind::message:
        EXPECT_EQ(send(transport_, event.peer, event.payload.as_text()), Sent::taken);
        return;
      case Event::Kind::room:
      case Event::Kind::closed:
        ADD_FAILURE() << "unexpected event " << static_cast<int>(event.kind);
    }
  }
  Event next(std::deque<Event>& events) {
    Event event;
    while (events.empty()) {
      if (transport_.receive(event, guard()) != Received::event) {
        ADD_FAILURE() << "nothing came";
        return {};
      }
      take(std::move(event));
    }
    event = std::move(events.front());
    events.pop_front();
    return event;
  }

  Transport& transport_;
  std::deque<Event> connected_, lost_;
};

}  // namespace multifrost::transport::direct
