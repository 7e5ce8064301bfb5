// The transport that speaks ZMTP 3 itself: no thread of its own, messages move on the threads that
// use it (R1 to R3, R9).
//
// The reader does all the connection work inside receive() and try_receive(): accepting,
// handshakes, connecting again. With a single connection and nothing else to watch, receive()
// sleeps in recv() itself, which saves a system call for each message; otherwise in poll over
// everything.
//
// Who may touch what: `connections_` is changed by the reader alone, under `mutex_`; others look
// connections up under `mutex_`. Everything else below "the reader" is the reader's own, handed on
// with the role.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "transport/direct/connection.h"
#include "transport/direct/dialer.h"
#include "transport/direct/door.h"
#include "transport/direct/turns.h"
#include "transport/event_fd.h"
#include "transport/timer_fd.h"
#include "transport/transport.h"

namespace multifrost::transport::direct {

class DirectTransport final : public Transport {
 public:
  /// So long a peer may take for its handshake.
  static constexpr std::chrono::seconds kHandshakeTime{10};

  /// Throws std::system_error when the process has no descriptors left.
  DirectTransport(Role role, const Limits& limits);
  ~DirectTransport() override;

  /// Before first use: one of the two.
  Result<void> listen(const ListenOptions& options, const Endpoint* service);
  void connect(Endpoint endpoint);
  /// Before them: another time than kHandshakeTime, for tests.
  void set_handshake_time(std::chrono::nanoseconds time) noexcept { handshake_time_ = time; }
  const std::vector<Endpoint>& endpoints() const noexcept { return door_.endpoints(); }

  Sent try_send(PeerId peer, Buffer& message, std::uint64_t* number, Urgency urgency) override;
  std::shared_ptr<Outlet> outlet(PeerId peer) override;
  void release() override;
  Received try_receive(Event& into) override;
  Received receive(Event& into, Deadline deadline, int wake) override;
  bool buffered() const noexcept override { return buffered_; }
  int descriptor() const noexcept override { return board_.reads.descriptor(); }
  void begin_watch() noexcept override { watch_sole(true); }
  int flush_descriptor() const noexcept override { return board_.writes.descriptor(); }
  bool flush() override;
  void stop_receiving() noexcept override;
  void disconnect(PeerId peer) noexcept override;
  bool finish(Deadline deadline) override;
  void shutdown() noexcept override;
  /// Memory that waits for the next large payloads (BlockPool), for tests. Any thread.
  std::size_t kept_bytes();

 private:
  using Shared = std::shared_ptr<Connection>;

  class DirectOutlet;
  /// Of the reminder among those of the connections, which begin with 1.
  static constexpr std::uint64_t kRemind = 0;

  Shared find(PeerId peer);
  Sent send(const Shared& connection, Buffer& message, std::uint64_t* number, Urgency urgency);
  void flush_ready();
  void age_blocks();
  bool all_sent();

  // ---- the reader
  bool deliver(Event& into);
  bool deliver_message(Event& into);
  bool has_work() const noexcept;
  bool work_waits();
  bool look(Deadline deadline);
  void handle(std::uint64_t tag);
  void handle_attention();
  void handle_timer();
  void update_door();
  void accept_all(std::uint64_t tag);
  void add(UniqueFd socket, Endpoint::Kind via, bool pending);
  void proceed(const Shared& connection);
  void admit(const Shared& connection);
  void remove(const Shared& connection, std::string reason);
  void dial();
  void dial_failed(std::string reason);
  void arm_timer();
  Connection* sole_connection() noexcept;
  void watch_sole(bool on) noexcept {
    if (!sole_ || sole_watched_ == on) return;
    sole_->watch(sole_watched_ = on);
  }
  // `event` means here: look again.
  Received wait_alone(Connection& connection, Deadline deadline, int wake);
  Received wait_for_all(Deadline deadline, int wake);

  const Role role_;
  const Limits limits_;
  const pid_t
      owner_;  ///< a copy of us in a child of fork() must leave sockets and pollers alone (R10)
  std::atomic<bool> stopping_{false};
  Switchboard board_;

  std::mutex mutex_;
  std::map<PeerId, Shared> connections_;
  std::vector<Shared> holding_;     ///< connections that hold messages back, under `mutex_`
  std::atomic<bool> holds_{false};  ///< whether there are any

  TimerFd timer_;
  Door door_{board_.reads};
  std::optional<Dialer> dialer_;
  std::chrono::nanoseconds handshake_time_ = kHandshakeTime;
  std::uint64_t last_id_ = 0;
  std::size_t applicants_ = 0;
  std::deque<Event> events_;
  bool buffered_ = false;
  Turns turns_;
  bool sole_watched_ = true;
  Shared sole_;  ///< the only connection, when it is open and nothing else is watched
};

}  // namespace multifrost::transport::direct
