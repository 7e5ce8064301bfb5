// The transport port: moves whole messages between this process and its peers, and knows nothing of
// them.
//
// Identities, delimiters, handshakes and high-water marks stay below. A parent's transport (DEALER)
// has one connection at a time, a worker's (ROUTER) many. Each connection is an epoch: its PeerId
// is never used again, and what was meant for one connection never travels on another (R4).
//
// Thread rule: one thread at a time is the reader: it alone calls `receive` and `try_receive`; the
// session hands that role over (R1, R2). `try_send`, `flush` and `shutdown` may be called from any
// thread, at any time. Blocking rule: only `receive` and `finish` block, no longer than their
// deadline; all sockets are non-blocking towards writes (R3). Failure rule: nothing throws but
// std::bad_alloc; what happens to a connection arrives as an event.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "multifrost/buffer.h"
#include "multifrost/bytes.h"
#include "multifrost/result.h"

namespace multifrost::transport {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;
inline constexpr Deadline kNoDeadline = Deadline::max();
inline constexpr int kNoDescriptor = -1;

/// One connection, from its handshake to its end. Unique among the connections of a transport,
/// never reused.
enum class PeerId : std::uint64_t { none = 0 };

/// What the reader learns, in the order in which it happened on each connection.
struct Event {
  enum class Kind : std::uint8_t {
    connected,  ///< handshake done and peer accepted by the PeerCheck
    message,    ///< `payload` is one whole message
    room,       ///< after Sent::full: there is room again
    lost,       ///< the connection has ended; everything received on it was delivered before
    closed,     ///< shutdown(): no more events, from now on every receive says so at once
  };
  Kind kind = Kind::closed;
  PeerId peer = PeerId::none;
  Bytes payload;  ///< shares the transport's buffer; never moves or changes while someone holds it
  bool more = false;  ///< message: a further one of this peer lies in this process already
  /// lost: the number of the last message that was handed to the system whole. What has a higher
  /// number was not executed, what has a lower one is unknown (R4).
  std::uint64_t written = 0;
  std::string reason;  ///< lost: why, for people
};

enum class Received : std::uint8_t {
  event,    ///< `into` holds one
  timeout,  ///< the deadline has passed (try_receive: there is nothing now)
  woken,    ///< the wake descriptor is readable; the caller drains it
};

enum class Sent : std::uint8_t {
  taken,  ///< will travel, or be counted by `lost`
  full,  ///< the connection's queue is over its limit; nothing was taken, an event `room` will come
  gone,  ///< no such connection any more; nothing was taken
};

/// When a message is to leave.
enum class Urgency : std::uint8_t {
  now,
  /// May wait for others to leave with it in one system call: until the next message that leaves
  /// now, release(), enough of them, or until the reader waits. Whoever holds messages back
  /// sees to it that one of these comes.
  held,
  /// May be lost (output, spec 12.3): leaves now, but is taken only while less than half of
  /// `out_queue` waits; else the answer is `full`, a worker's transport's too, and `room` comes.
  spare,
};

struct Limits {
  std::size_t message =
      256u << 20;  ///< a longer message ends its connection before it is allocated
  std::size_t out_queue = 8u << 20;  ///< bytes waiting on one connection, see try_send
  std::size_t messages_per_turn =
      64;  ///< from one connection before the next one is looked at (R3)
};

/// The way to one peer, for whoever sends to it often: looked up once.
class Outlet {
 public:
  virtual ~Outlet() = default;
  /// As Transport::try_send.
  virtual Sent try_send(Buffer& message, std::uint64_t* number = nullptr,
                        Urgency urgency = Urgency::now) = 0;
  /// The same for a message that borrows (Buffer::attach_borrowed) what stays as it is until
  /// end_loan(): what does not leave at once need not be copied.
  virtual Sent lend(Buffer& message, std::uint64_t* number) { return try_send(message, number); }
  /// What message `number` has borrowed ends after this. Waits at most for a write that does not
  /// block.
  virtual void end_loan(std::uint64_t /*number*/) {}
};

class Transport {
 public:
  virtual ~Transport() = default;

  /// Queues `message` for `peer` and writes what the system takes at once; never blocks. When
  /// taken, `message` is empty afterwards (it may keep its capacity for reuse) and `*number` is its
  /// number on this connection, counted from 1. A message is always taken by an empty queue,
  /// however long it is.
  ///
  /// Over `out_queue`: a parent's transport says `full` and goes on reading. A worker's takes every
  /// answer and stops reading that connection until the queue has drained (R3), so its queue stays
  /// bounded by the calls it has read, nothing is dropped, and neither side waits for the other.
  virtual Sent try_send(PeerId peer, Buffer& message, std::uint64_t* number = nullptr,
                        Urgency urgency = Urgency::now) = 0;
  /// Where messages to `peer` go, gone or not. Any thread; the outlet, too, and it must not outlive
  /// the transport.
  virtual std::shared_ptr<Outlet> outlet(PeerId peer);
  /// Writes what is held back, on every connection. Any thread; almost free when nothing is.
  virtual void release() = 0;

  /// The next event if there is one (`event` or `timeout`). Does the connection work on the way:
  /// accepting, handshakes, flushing.
  virtual Received try_receive(Event& into) = 0;
  /// Blocks for the next event. Without `wake` the direct transport sleeps in recv itself, with a
  /// receive timeout where there is a deadline; with it in ppoll. `wake` becomes readable to end
  /// the wait.
  virtual Received receive(Event& into, Deadline deadline, int wake = kNoDescriptor) = 0;

  /// For the reader: messages that have been read from the system wait in this process, try_receive
  /// gives one without a system call. A reader takes them before it gives the reading up, since
  /// `descriptor` does not tell of them.
  virtual bool buffered() const noexcept = 0;

  /// Readable (level-triggered) while the system has something for try_receive, after
  /// begin_watch(). The same for the transport's whole life; for epoll of whoever watches an idle
  /// transport.
  virtual int descriptor() const noexcept = 0;
  /// While nobody reads: from now on, until the next receive(), `descriptor` tells of everything.
  /// While somebody does it need not, since to be watched costs each message a little.
  virtual void begin_watch() noexcept {}
  /// Readable (level-triggered) while queued bytes could be written, whoever is the reader, and
  /// once when memory has not been used for a while; then call flush(), which does either.
  /// kNoDescriptor: the transport does so by itself.
  virtual int flush_descriptor() const noexcept = 0;
  /// True: there is room again for spare messages that were refused; no event `room` tells of it.
  virtual bool flush() = 0;

  /// The last calls are being served: what has arrived is still delivered, after it receive() says
  /// `closed`; sending goes on until finish(). Wakes the reader. Any thread; repeatable.
  virtual void stop_receiving() noexcept = 0;
  /// Ends one connection; `lost` follows. Any thread.
  virtual void disconnect(PeerId peer) noexcept = 0;
  /// Waits until every queued message was handed to the system, then ends everything as shutdown()
  /// does. False: not all was written by the deadline; the rest is dropped. Any thread.
  virtual bool finish(Deadline deadline) = 0;
  /// Ends everything now and wakes the reader with `closed`. Repeatable. The destructor, run by the
  /// last user, closes the descriptors.
  virtual void shutdown() noexcept = 0;
};

/// Where peers meet.
struct Endpoint {
  enum class Kind : std::uint8_t { tcp, unix_socket };
  Kind kind = Kind::tcp;
  std::string host = "127.0.0.1";  ///< tcp; never "localhost": a stranger may hold [::1] (R6)
  std::uint16_t port = 0;          ///< tcp; 0 when binding: any free one
  std::string path;                ///< unix_socket
  std::string token;               ///< unix_socket: the connecting side's ZMTP routing id
};

/// Somebody who wants to be our peer.
struct Applicant {
  Endpoint::Kind via = Endpoint::Kind::tcp;
  int socket = kNoDescriptor;   ///< for SO_PEERCRED or to find the owner of the other end
  std::string_view routing_id;  ///< as its handshake says; empty when it says none
};

/// Decides who may connect (R6). Called on the reader before the peer gets or gives any message.
class PeerCheck {
 public:
  virtual ~PeerCheck() = default;
  /// Empty: welcome. Else why not: that connection is closed, the listener stays.
  virtual std::string refusal(const Applicant& applicant) = 0;
};

struct ListenOptions {
  bool tcp = true;  ///< at `host`, a free port, no find-then-bind
  std::string host = "127.0.0.1";
  bool unix_socket = false;  ///< in a private 0700 directory, with a one-time token
  std::shared_ptr<PeerCheck> check;
  Limits limits;
};

struct Listening {
  std::unique_ptr<Transport> transport;
  std::vector<Endpoint> endpoints;  ///< where peers are to connect
};

/// Makes transports of one kind; thread-safe. One a runtime.
class Factory {
 public:
  virtual ~Factory() = default;
  /// Spawn mode, parent: listeners of its own for each incarnation of a child. The first accepted
  /// peer wins and the listeners close (R6); libzmq cannot do that and says so in its file.
  virtual Result<Listening> listen_as_parent(const ListenOptions& options) = 0;
  /// Connect mode, parent.
  virtual Result<std::unique_ptr<Transport>> connect_as_parent(const Endpoint& endpoint,
                                                               const Limits& limits) = 0;
  /// Spawn mode, worker: returns at once, `connected` or `lost` tells the rest.
  virtual Result<std::unique_ptr<Transport>> connect_as_worker(const Endpoint& endpoint,
                                                               const Limits& limits) = 0;
  /// Connect mode, worker: many parents. `endpoint.port` 0: any free one.
  virtual Result<Listening> listen_as_worker(const Endpoint& endpoint,
                                             const ListenOptions& options) = 0;
};

}  // namespace multifrost::transport
