// Where peers come in: the listeners of a transport, and who is let in (R6).
//
// The reader's own. Accepting never blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "transport/direct/private_folder.h"
#include "transport/direct/socket.h"
#include "transport/poller.h"
#include "transport/transport.h"

namespace multifrost::transport::direct {

class Connection;

class Door {
 public:
  /// So many may be in their handshake at once; others wait in the system's queue.
  static constexpr std::size_t kMaxApplicants = 32;

  explicit Door(Poller& poller) noexcept : poller_(poller) {}
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;
  ~Door() { close(); }

  /// Opens what `options` ask for. `service`: a worker's fixed place instead; null: a parent's
  /// spawn listeners, 127.0.0.1 on any port and a Unix socket in a private folder with a one-time
  /// token.
  Result<void> open(const ListenOptions& options, const Endpoint* service);
  const std::vector<Endpoint>& endpoints() const noexcept { return endpoints_; }

  bool is_open() const noexcept { return !listeners_.empty(); }
  /// Poller tags from `kFirstTag` on belong to the door.
  static constexpr std::uint64_t kFirstTag = std::uint64_t{1} << 63;

  struct Arrival {
    UniqueFd socket;
    Endpoint::Kind via = Endpoint::Kind::tcp;
  };
  /// The next one at the listener with this tag; nothing when nobody waits there, or none can be
  /// taken: then exhausted() says that the process has no descriptor left for it.
  std::optional<Arrival> accept(std::uint64_t tag);
  bool exhausted() const noexcept { return exhausted_; }
  /// Whether the listeners are looked at.
  void set_attentive(bool on) noexcept;

  /// Empty: the peer may come in; else why not.
  std::string refusal(const Connection& applicant) const;

  /// No more peers: closes the listeners and removes the private folder.
  void close() noexcept;
  /// In a child of fork(): drops the descriptors, and leaves poller and folder to their owner
  /// (R10).
  void abandon() noexcept;

 private:
  struct Listener {
    UniqueFd socket;
    Endpoint::Kind kind;
  };
  Result<void> add(Endpoint endpoint);

  Poller& poller_;
  std::vector<Listener> listeners_;
  std::vector<Endpoint> endpoints_;
  std::optional<PrivateFolder> folder_;
  std::string token_;
  std::shared_ptr<PeerCheck> check_;
  bool attentive_ = true;
  bool exhausted_ = false;
};

}  // namespace multifrost::transport::direct
