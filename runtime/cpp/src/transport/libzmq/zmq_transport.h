// The transport over libzmq: sockets, I/O thread, framing, monitor. See zmq_factory.h for its
// limits.
//
// Shared under `mutex_`: the peers with their out-queues and the queue of events. The I/O thread
// receives, and what it learns becomes events. Who sends does it himself while that thread sleeps
// (libzmq lets a socket go from thread to thread under a lock), else it is told through `work_`.
// Nobody is woken under `mutex_`: on one core he would only wait for it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "transport/event_fd.h"
#include "transport/input_buffer.h"
#include "transport/libzmq/zmq_frame.h"
#include "transport/libzmq/zmq_handles.h"
#include "transport/libzmq/zmq_outbox.h"
#include "transport/transport.h"

namespace multifrost::transport {

class ZmqTransport final : public Transport {
 public:
  enum class Role : std::uint8_t { parent, worker };

  ZmqTransport(Role role, const Limits& limits) : role_(role), limits_(limits) {}
  ~ZmqTransport() override;

  /// Opens the socket, binds or connects it and starts the thread. The endpoint gets its real port.
  Result<void> open(Endpoint& endpoint, bool bind);

  Sent try_send(PeerId peer, Buffer& message, std::uint64_t* number, Urgency urgency) override;
  void release() override;
  Received try_receive(Event& into) override;
  Received receive(Event& into, Deadline deadline, int wake) override;
  bool buffered() const noexcept override { return next_taken_ != taken_.size(); }
  int descriptor() const noexcept override { return arrived_.get(); }
  int flush_descriptor() const noexcept override { return kNoDescriptor; }
  bool flush() override { return false; }
  void disconnect(PeerId peer) noexcept override;
  void stop_receiving() noexcept override;
  bool finish(Deadline deadline) override;
  void shutdown() noexcept override;

 private:
  /// Wakes the reader, if events have come, after it has given the lock back.
  class Lock {
   public:
    explicit Lock(ZmqTransport& transport) : transport_(transport), lock_(transport.mutex_) {}
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock();

   private:
    ZmqTransport& transport_;
    std::unique_lock<std::mutex> lock_;
  };

  /// Bytes of received messages that wait for the reader before the I/O thread stops receiving.
  static constexpr std::size_t kInQueue = std::size_t{8} << 20;

  struct Peer {
    explicit Peer(ZmqParcels& parcels) noexcept : queue(parcels) {}

    std::string identity;  ///< a worker's name for its parent
    int source = -1;  ///< the connection's descriptor inside libzmq, to match the monitor's reports
    ZmqOutbox queue;  ///< to it
    std::size_t queued_bytes = 0;  ///< those in hand too
    std::size_t in_hand = 0;       ///< messages that are just being sent
    std::uint64_t handed = 0;      ///< messages given to libzmq, which may or may not write them
    bool wants_room = false;
  };

  void send_from_here();
  void tell_io_thread() noexcept;
  void set(int option, int value);
  void set(int option, std::int64_t value);
  static int number_of(void* socket, int option);
  bool take_events();

  bool wait_for_events(Deadline deadline);

  // ---- under mutex_
  void tell_the_end();
  PeerId add_peer(std::string identity, int source);
  void drop(PeerId id, std::string reason);
  void push(Event event);
  bool backlog_left() const;
  bool over_limit() const;

  // ---- under socket_mutex_ (zmq_sending.cc)
  bool send_all(bool& sent);
  bool send_to(PeerId id, bool& sent);
  bool send_next();
  bool has_input() const;

  void tell_reader();

  // ---- the I/O thread, under socket_mutex_ while it does not sleep
  void run();
  /// Of one message, and used again for the next one.
  struct Frames {
    ZmqFrame first, delimiter, payload;
  };
  struct Sender {
    std::string identity;
    PeerId peer = PeerId::none;
    std::uint64_t drops = 0;  ///< as many as there were when it was looked up
  };
  enum class Step : std::uint8_t { message, skipped, nothing };
  bool receive_all();
  Step receive_one(Frames& frames);
  PeerId sender(std::string_view identity, ZmqFrame& payload);
  Bytes keep(ZmqFrame& payload);
  void deliver(std::uint64_t drops);
  void read_monitor();
  void connected();
  void disconnected(int source);
  void close();

  const Role role_;
  const Limits limits_;
  ZmqParcels parcels_;  ///< before the context, so that it goes after it
  ZmqContext context_;
  std::mutex socket_mutex_;  ///< before `mutex_`; over every use of the sockets, never over sleep
  ZmqSocket socket_;
  ZmqSocket monitor_;
  // Under it:
  std::vector<PeerId> ids_to_send_;
  ZmqOutbox in_hand_{parcels_};         ///< what is just being sent
  std::string receiver_;                ///< to whom
  std::string connected_to_;            ///< empty: it listens
  EventFd arrived_;                     ///< set while there are events, for the reader
  EventFd work_;                        ///< set when the I/O thread has something to look at
  std::atomic<bool> signalled_{false};  ///< it has been set for messages already
  std::atomic<bool> holds_{false};      ///< messages are queued that it has not been set for
  std::atomic<unsigned> telling_{0};    ///< threads that are just setting `arrived_`

  std::mutex mutex_;
  std::condition_variable ended_condition_;
  std::map<PeerId, Peer> peers_;
  std::vector<Event> events_;
  bool tell_reader_ = false;   ///< the first of them has come
  bool told_ = false;          ///< `arrived_` is set, or is just being set
  bool reader_waits_ = false;  ///< for `reader_wakes_`, with no eye on `arrived_`
  std::condition_variable reader_wakes_;
  std::size_t event_bytes_ = 0;
  std::uint64_t last_peer_ = 0;
  std::atomic<std::uint64_t> drops_{0};  ///< peers that are no longer; changed under the lock
  bool stopping_ = false;
  bool receiving_ended_ = false;
  bool finishing_ = false;
  Deadline finish_by_ = kNoDeadline;
  bool ended_ = false;
  bool flushed_ = false;

  // The I/O thread's.
  std::vector<Event> received_;  ///< of this turn
  Sender last_sender_;
  InputBuffer small_payloads_;

  // The reader's.
  std::vector<Event> taken_;    ///< out of `events_`, together
  std::size_t next_taken_ = 0;  ///< those before it are with the session
  bool over_ = false;           ///< nothing comes any more
  std::thread thread_;
};

}  // namespace multifrost::transport
