// The whole libzmq transport: sockets, I/O thread, framing, monitor. See zmq_factory.h for its
// limits.
//
// Shared under `mutex_`: the peers with their out-queues and the queue of events. The I/O thread
// alone touches the sockets. What it learns becomes events; what others queue wakes it through
// `work_`.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "transport/event_fd.h"
#include "transport/libzmq/zmq_factory.h"
#include "transport/libzmq/zmq_frame.h"
#include "transport/libzmq/zmq_handles.h"
#include "transport/libzmq/zmq_library.h"

namespace multifrost::transport {
namespace {

using std::chrono::milliseconds;

/// Bytes of received messages that wait for the reader before the I/O thread stops receiving.
constexpr std::size_t kInQueue = 8u << 20;
/// How often a message is offered again to a ROUTER's peer that does not read: POLLOUT does not
/// tell.
constexpr milliseconds kRetry{5};
/// Messages up to this size are copied into libzmq; longer ones are lent.
constexpr std::size_t kCopied = 4096;
/// So many held bytes are handed on without waiting for more.
constexpr std::size_t kEnough = 16 * 1024;
/// The monitor names no descriptor with a handshake; a peer's first message does.
constexpr int kUnknownSource = -1;

Failure zmq_failure(const std::string& what) {
  return {ErrorCode::connection, Execution::not_executed,
          what + ": " + zmq().strerror(zmq().error_number())};
}

std::string url(const Endpoint& endpoint) {
  if (endpoint.kind == Endpoint::Kind::unix_socket) return "ipc://" + endpoint.path;
  return "tcp://" + endpoint.host + ":" + (endpoint.port ? std::to_string(endpoint.port) : "*");
}

enum class Role : std::uint8_t { parent, worker };

class ZmqTransport final : public Transport {
 public:
  ZmqTransport(Role role, const Limits& limits) : role_(role), limits_(limits) {}
  ~ZmqTransport() override {
    shutdown();
    if (thread_.joinable()) thread_.join();
  }

  /// Opens the socket, binds or connects it and starts the thread. The endpoint gets its real port.
  Result<void> open(Endpoint& endpoint, bool bind) {
    if (const auto& library = zmq_library(); !library) return library.failure();
    context_.reset(zmq().ctx_new());
    if (!context_) return zmq_failure("cannot make a ZeroMQ context");
    socket_.reset(zmq().socket(context_.get(), role_ == Role::parent ? ZMQ_DEALER : ZMQ_ROUTER));
    if (!socket_) return zmq_failure("cannot make a ZeroMQ socket");
    set(ZMQ_LINGER, 0);
    set(ZMQ_MAXMSGSIZE, static_cast<std::int64_t>(limits_.message));
    set(ZMQ_IMMEDIATE, 1);  // nothing is kept for a connection that may never be (R4)
    if (role_ == Role::worker) set(ZMQ_ROUTER_MANDATORY, 1);  // without it answers vanish silently
    if (!endpoint.token.empty() && !bind) {
      zmq().setsockopt(socket_.get(), ZMQ_ROUTING_ID, endpoint.token.data(), endpoint.token.size());
    }
    static constexpr char kMonitor[] = "inproc://monitor";
    if (zmq().socket_monitor(socket_.get(), kMonitor,
                             ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED) != 0) {
      return zmq_failure("cannot watch a ZeroMQ socket");
    }
    monitor_.reset(zmq().socket(context_.get(), ZMQ_PAIR));
    if (!monitor_ || zmq().connect(monitor_.get(), kMonitor) != 0) {
      return zmq_failure("cannot watch a ZeroMQ socket");
    }
    const std::string where = url(endpoint);
    if ((bind ? zmq().bind : zmq().connect)(socket_.get(), where.c_str()) != 0) {
      return zmq_failure((bind ? "cannot listen on " : "cannot connect to ") + where);
    }
    bound_ = bind;
    if (bind) {
      char bound[256] = {};
      std::size_t size = sizeof bound;
      zmq().getsockopt(socket_.get(), ZMQ_LAST_ENDPOINT, bound, &size);
      const std::string listener = bound;
      if (endpoint.kind == Endpoint::Kind::tcp) {
        endpoint.port =
            static_cast<std::uint16_t>(std::stoul(listener.substr(listener.rfind(':') + 1)));
      }
    }
    thread_ = std::thread([this] { run(); });
    return {};
  }

  Sent try_send(PeerId peer, Buffer& message, std::uint64_t* number, Urgency urgency) override {
    message.data();  // in one piece: libzmq sends it later, and gathers nothing
    std::size_t waiting = 0;
    {
      const std::lock_guard lock(mutex_);
      const auto found = peers_.find(peer);
      if (stopping_ || found == peers_.end()) return Sent::gone;
      Peer& to = found->second;
      if (role_ == Role::parent && !to.queue.empty() &&
          to.queued_bytes + message.size() > limits_.out_queue) {
        to.wants_room = true;
        return Sent::full;
      }
      to.queued_bytes += message.size();
      waiting = to.queued_bytes;
      to.queue.push_back(std::move(message));
      message = Buffer();
      if (number != nullptr) *number = to.handed + to.queue.size();
    }
    if (urgency == Urgency::now || waiting >= kEnough) {
      tell_io_thread();
    } else {
      holds_.store(true, std::memory_order_release);
    }
    return Sent::taken;
  }
  void release() override {
    if (holds_.exchange(false, std::memory_order_acq_rel)) tell_io_thread();
  }

  Received try_receive(Event& into) override {
    bool was_full = false;
    {
      const std::lock_guard lock(mutex_);
      if (events_.empty()) {
        if (!stopping_ && !receiving_ended_) return Received::timeout;
        into = Event{};
        return Received::event;
      }
      into = std::move(events_.front());
      events_.pop_front();
      was_full = event_bytes_ > kInQueue;
      event_bytes_ -= into.payload.size();
      was_full = was_full && event_bytes_ <= kInQueue;
      if (events_.empty() && !stopping_ && !receiving_ended_) arrived_.clear();
    }
    if (was_full) work_.set();
    return Received::event;
  }

  Received receive(Event& into, Deadline deadline, int wake) override {
    const int descriptors[] = {arrived_.get(), wake};
    for (;;) {
      if (try_receive(into) == Received::event) return Received::event;
      release();
      const unsigned ready = wait_readable(descriptors, 2, deadline);
      if ((ready & 2u) != 0) return Received::woken;
      if (ready == 0) return Received::timeout;
    }
  }

  bool buffered() const noexcept override { return false; }  // `arrived_` tells of all events
  int descriptor() const noexcept override { return arrived_.get(); }
  int flush_descriptor() const noexcept override { return kNoDescriptor; }
  void flush() override {}

  void disconnect(PeerId peer) noexcept override {
    // libzmq cannot end one connection of a socket; for us it ends here, and its messages are
    // ignored.
    const std::lock_guard lock(mutex_);
    drop(peer, "disconnected by this side");
  }

  void stop_receiving() noexcept override {
    const std::lock_guard lock(mutex_);
    receiving_ended_ = true;
    arrived_.set();
  }
  bool finish(Deadline deadline) override {
    std::unique_lock lock(mutex_);
    finish_by_ = deadline;
    finishing_ = true;
    work_.set();
    return ended_condition_.wait_until(lock, capped(deadline), [this] { return ended_; }) &&
           flushed_;
  }

  void shutdown() noexcept override {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    arrived_.set();
    work_.set();
  }

 private:
  struct Peer {
    std::string identity;  ///< a worker's name for its parent
    int source = -1;  ///< the connection's descriptor inside libzmq, to match the monitor's reports
    std::deque<Buffer> queue;
    std::size_t queued_bytes = 0;
    std::uint64_t handed = 0;  ///< messages given to libzmq, which may or may not write them
    bool wants_room = false;
  };

  /// That there are messages to send.
  void tell_io_thread() noexcept {
    if (!signalled_.exchange(true, std::memory_order_acq_rel)) work_.set();
  }
  void set(int option, int value) { zmq().setsockopt(socket_.get(), option, &value, sizeof value); }
  void set(int option, std::int64_t value) {
    zmq().setsockopt(socket_.get(), option, &value, sizeof value);
  }
  static Deadline capped(Deadline deadline) {
    return std::min(deadline, Clock::now() + std::chrono::hours(24));
  }

  // ---- under mutex_

  PeerId add_peer(std::string identity, int source) {
    const auto id = static_cast<PeerId>(++last_peer_);
    Peer& peer = peers_[id];
    peer.identity = std::move(identity);
    peer.source = source;
    push({.kind = Event::Kind::connected, .peer = id, .payload = {}, .reason = {}});
    return id;
  }
  void drop(PeerId id, std::string reason) {
    const auto found = peers_.find(id);
    if (found == peers_.end()) return;
    push({.kind = Event::Kind::lost,
          .peer = id,
          .payload = {},
          .written = found->second.handed,
          .reason = std::move(reason)});
    peers_.erase(found);
  }
  void push(Event event) {
    event_bytes_ += event.payload.size();
    if (events_.empty()) arrived_.set();
    events_.push_back(std::move(event));
  }

  // ---- the I/O thread

  void run() {
    bool backlog = false;
    for (;;) {
      bool read_on = true;
      Deadline finish_by = kNoDeadline;
      {
        const std::lock_guard lock(mutex_);
        if (stopping_ || (finishing_ && (!backlog_left() || Clock::now() >= finish_by_))) break;
        if (finishing_) finish_by = finish_by_;
        read_on = event_bytes_ <= kInQueue && (role_ == Role::parent || !over_limit());
      }
      zmq_pollitem_t items[] = {{monitor_.get(), 0, ZMQ_POLLIN, 0},
                                {nullptr, work_.get(), ZMQ_POLLIN, 0},
                                {socket_.get(), 0, ZMQ_POLLIN, 0}};
      const bool timed = backlog || finish_by != kNoDeadline;
      zmq().poll(items, read_on ? 3 : 2, timed ? static_cast<long>(kRetry.count()) : -1);
      work_.clear();
      signalled_.exchange(false, std::memory_order_acq_rel);  // from here on queues are looked at
      if (read_on) receive_all();
      if ((items[0].revents & ZMQ_POLLIN) != 0) read_monitor();
      backlog = send_all();
    }
    close();
  }

  bool backlog_left() const {
    return std::any_of(peers_.begin(), peers_.end(),
                       [](const auto& entry) { return !entry.second.queue.empty(); });
  }
  bool over_limit() const {
    return std::any_of(peers_.begin(), peers_.end(), [this](const auto& entry) {
      return entry.second.queued_bytes > limits_.out_queue;
    });
  }

  /// Takes at most one turn's messages; poll is level-triggered and comes back for the rest.
  void receive_all() {
    for (std::size_t taken = 0; taken < limits_.messages_per_turn; ++taken) {
      std::string identity;
      auto frame = std::make_shared<ZmqFrame>();
      if (!frame->receive(socket_.get())) return;
      if (role_ == Role::worker) {
        identity = frame->text();
        if (!frame->more() || !next(frame)) continue;
      }
      // `frame` is the delimiter, whose content is not checked; the payload follows (wire page
      // "Framing").
      if (!frame->more() || !next(frame)) continue;
      const std::shared_ptr<ZmqFrame> payload = frame;
      while (frame->more() && next(frame)) {
      }
      deliver(std::move(identity), payload);
    }
  }
  bool next(std::shared_ptr<ZmqFrame>& frame) {
    frame = std::make_shared<ZmqFrame>();
    return frame->receive(socket_.get());
  }

  void deliver(std::string identity, const std::shared_ptr<ZmqFrame>& payload) {
    const int source = payload->source_socket();
    const std::lock_guard lock(mutex_);
    auto found = std::find_if(peers_.begin(), peers_.end(), [&](const auto& entry) {
      return role_ == Role::parent || entry.second.identity == identity;
    });
    // A parent may hear its worker before the monitor reports the handshake.
    const PeerId peer =
        found != peers_.end() ? found->first : add_peer(std::move(identity), source);
    if (peers_[peer].source == kUnknownSource) peers_[peer].source = source;
    push({.kind = Event::Kind::message,
          .peer = peer,
          .payload = Bytes(payload, payload->data(), payload->size()),
          .reason = {}});
  }

  void read_monitor() {
    for (;;) {
      ZmqFrame event;
      ZmqFrame address;
      if (!event.receive(monitor_.get())) return;
      address.receive(monitor_.get());
      std::uint16_t number = 0;
      std::int32_t source = -1;
      if (event.size() < sizeof number + sizeof source) continue;
      std::memcpy(&number, event.data(), sizeof number);
      std::memcpy(&source, event.data() + sizeof number, sizeof source);
      if (number == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        connected();
      } else if (number == ZMQ_EVENT_DISCONNECTED) {
        receive_all();  // what arrived before the end comes before the end
        disconnected(source);
      }
    }
  }

  void connected() {
    if (role_ == Role::worker) return;  // known by its identity, with its first message
    const std::lock_guard lock(mutex_);
    if (peers_.empty()) add_peer({}, kUnknownSource);
  }

  void disconnected(int source) {
    const std::lock_guard lock(mutex_);
    static constexpr char kReason[] = "the other side closed the connection";
    const auto found = std::find_if(peers_.begin(), peers_.end(), [&](const auto& entry) {
      return entry.second.source == source || entry.second.source == kUnknownSource;
    });
    if (found != peers_.end()) {
      drop(found->first, kReason);
    } else if (role_ == Role::worker && !bound_) {
      push({.kind = Event::Kind::lost, .payload = {}, .reason = kReason});  // it never said a word
    }
  }

  /// True when something could not be sent yet.
  bool send_all() {
    std::unique_lock lock(mutex_);
    bool backlog = false;
    for (auto entry = peers_.begin(); entry != peers_.end();) {
      const PeerId id = entry->first;
      bool gone = false;
      while (!entry->second.queue.empty()) {
        Peer& peer = entry->second;
        const std::size_t size = peer.queue.front().size();
        errno = 0;
        if (!send(peer.identity, peer.queue.front())) {
          gone = zmq().error_number() == EHOSTUNREACH;
          backlog = backlog || !gone;
          break;
        }
        peer.queue.pop_front();
        peer.queued_bytes -= size;
        ++peer.handed;
        if (peer.wants_room && peer.queued_bytes <= limits_.out_queue / 2) {
          peer.wants_room = false;
          push({.kind = Event::Kind::room, .peer = id, .payload = {}, .reason = {}});
        }
      }
      ++entry;
      if (gone) drop(id, "the peer has gone");
    }
    return backlog;
  }

  /// All frames or none: the first one decides, libzmq takes the rest of a message that it has
  /// begun.
  bool send(const std::string& identity, Buffer& message) {
    if (role_ == Role::worker && !ZmqFrame(identity).send(socket_.get(), true)) return false;
    if (!ZmqFrame(std::string_view()).send(socket_.get(), true)) return false;
    if (message.size() <= kCopied) {
      return ZmqFrame(std::string_view(message.data(), message.size())).send(socket_.get(), false);
    }
    return ZmqFrame(std::move(message)).send(socket_.get(), false);
  }

  void close() {
    bool flushed = false;
    int linger = 0;
    {
      const std::lock_guard lock(mutex_);
      if (finishing_ && !stopping_) {
        using std::chrono::duration_cast;
        const auto left = duration_cast<milliseconds>(capped(finish_by_) - Clock::now()).count();
        linger = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
        flushed = !backlog_left();
      }
    }
    set(ZMQ_LINGER, linger);
    zmq().socket_monitor(socket_.get(), nullptr, 0);
    monitor_.reset();
    socket_.reset();
    context_.reset();
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ended_ = true;
    flushed_ = flushed;
    arrived_.set();
    ended_condition_.notify_all();
  }

  const Role role_;
  const Limits limits_;
  ZmqContext context_;
  ZmqSocket socket_;
  ZmqSocket monitor_;
  bool bound_ = false;
  EventFd arrived_;                     ///< set while there are events, for the reader
  EventFd work_;                        ///< set when the I/O thread has something to look at
  std::atomic<bool> signalled_{false};  ///< it has been set for messages already
  std::atomic<bool> holds_{false};      ///< messages are queued that it has not been set for

  std::mutex mutex_;
  std::condition_variable ended_condition_;
  std::map<PeerId, Peer> peers_;
  std::deque<Event> events_;
  std::size_t event_bytes_ = 0;
  std::uint64_t last_peer_ = 0;
  bool stopping_ = false;
  bool receiving_ended_ = false;
  bool finishing_ = false;
  Deadline finish_by_ = kNoDeadline;
  bool ended_ = false;
  bool flushed_ = false;

  std::thread thread_;
};

class ZmqFactory final : public Factory {
 public:
  Result<Listening> listen_as_parent(const ListenOptions& options) override {
    Endpoint endpoint;
    endpoint.host = options.host;
    return listen(Role::parent, std::move(endpoint), options);
  }
  Result<std::unique_ptr<Transport>> connect_as_parent(const Endpoint& endpoint,
                                                       const Limits& limits) override {
    return connect(Role::parent, endpoint, limits);
  }
  Result<std::unique_ptr<Transport>> connect_as_worker(const Endpoint& endpoint,
                                                       const Limits& limits) override {
    return connect(Role::worker, endpoint, limits);
  }
  Result<Listening> listen_as_worker(const Endpoint& endpoint,
                                     const ListenOptions& options) override {
    return listen(Role::worker, endpoint, options);
  }

 private:
  static Result<Listening> listen(Role role, Endpoint endpoint, const ListenOptions& options) {
    auto transport = std::make_unique<ZmqTransport>(role, options.limits);
    const auto opened = transport->open(endpoint, true);
    if (!opened) return opened.failure();
    Listening listening;
    listening.transport = std::move(transport);
    listening.endpoints.push_back(std::move(endpoint));
    return listening;
  }
  static Result<std::unique_ptr<Transport>> connect(Role role, Endpoint endpoint,
                                                    const Limits& limits) {
    auto transport = std::make_unique<ZmqTransport>(role, limits);
    const auto opened = transport->open(endpoint, false);
    if (!opened) return opened.failure();
    return std::unique_ptr<Transport>(std::move(transport));
  }
};

}  // namespace

std::unique_ptr<Factory> make_zmq_factory() { return std::make_unique<ZmqFactory>(); }

}  // namespace multifrost::transport
