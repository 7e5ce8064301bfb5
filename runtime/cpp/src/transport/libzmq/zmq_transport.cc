// What any thread may do, and the reader's side.
#include "transport/libzmq/zmq_transport.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "transport/libzmq/zmq_library.h"

namespace multifrost::transport {
namespace {

/// So many held bytes are handed on without waiting for more.
constexpr std::size_t kEnough = 16 * 1024;
/// The memory of so many events is used again.
constexpr std::size_t kKept = 1024;

Failure zmq_failure(const std::string& what) {
  return {ErrorCode::connection, Execution::not_executed,
          what + ": " + zmq().strerror(zmq().error_number())};
}

std::string url(const Endpoint& endpoint) {
  if (endpoint.kind == Endpoint::Kind::unix_socket) return "ipc://" + endpoint.path;
  return "tcp://" + endpoint.host + ":" + (endpoint.port ? std::to_string(endpoint.port) : "*");
}

}  // namespace

ZmqTransport::~ZmqTransport() {
  shutdown();
  if (thread_.joinable()) thread_.join();
}

Result<void> ZmqTransport::open(Endpoint& endpoint, bool bind) {
  if (const auto& library = zmq_library(); !library) return library.failure();
  context_.reset(zmq().ctx_new());
  if (!context_) return zmq_failure("cannot make a ZeroMQ context");
  socket_.reset(zmq().socket(context_.get(), role_ == Role::parent ? ZMQ_DEALER : ZMQ_ROUTER));
  if (!socket_) return zmq_failure("cannot make a ZeroMQ socket");
  set(ZMQ_LINGER, 0);
  set(ZMQ_MAXMSGSIZE, static_cast<std::int64_t>(limits_.message));
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
  if (!bind) connected_to_ = where;
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

Sent ZmqTransport::try_send(PeerId peer, Buffer& message, std::uint64_t* number, Urgency urgency) {
  message.data();  // in one piece: libzmq sends it later, and gathers nothing
  std::size_t waiting = 0;
  {
    const Lock lock(*this);
    const auto found = peers_.find(peer);
    if (stopping_ || found == peers_.end()) return Sent::gone;
    Peer& to = found->second;
    const bool refuses = role_ == Role::parent || urgency == Urgency::spare;
    const std::size_t limit = limits_.out_queue / (urgency == Urgency::spare ? 2 : 1);
    if (refuses && to.queued_bytes != 0 && to.queued_bytes + message.size() > limit) {
      to.wants_room = true;
      return Sent::full;
    }
    const std::size_t size = message.size();
    to.queue.add(message, urgency == Urgency::held);
    waiting = to.queued_bytes += size;
    if (number != nullptr) *number = to.handed + to.in_hand + to.queue.count();
  }
  if (urgency != Urgency::held || waiting >= kEnough) {
    send_from_here();
  } else {
    holds_.store(true, std::memory_order_release);
  }
  return Sent::taken;
}

void ZmqTransport::release() {
  if (holds_.exchange(false, std::memory_order_acq_rel)) send_from_here();
}

/// On the calling thread while the I/O thread sleeps: a hand-over would take longer than sending.
void ZmqTransport::send_from_here() {
  bool rest = true;
  if (const std::unique_lock socket(socket_mutex_, std::try_to_lock); socket && socket_) {
    bool sent = false;
    const bool backlog = send_all(sent);
    rest = backlog || (sent && has_input());  // libzmq may have told us what was meant for it
  }
  if (rest) tell_io_thread();
}

/// That there is something to look at.
void ZmqTransport::tell_io_thread() noexcept {
  if (!signalled_.exchange(true, std::memory_order_acq_rel)) work_.set();
}

void ZmqTransport::disconnect(PeerId peer) noexcept {
  // libzmq cannot end one connection of a socket; for us it ends here, and its messages are
  // ignored.
  const Lock lock(*this);
  drop(peer, "disconnected by this side");
}

void ZmqTransport::stop_receiving() noexcept {
  const std::lock_guard lock(mutex_);
  receiving_ended_ = true;
  tell_the_end();
}

bool ZmqTransport::finish(Deadline deadline) {
  std::unique_lock lock(mutex_);
  finish_by_ = deadline;
  finishing_ = true;
  work_.set();
  const Deadline most = Clock::now() + std::chrono::hours(24);
  return ended_condition_.wait_until(lock, std::min(deadline, most), [this] { return ended_; }) &&
         flushed_;
}

void ZmqTransport::shutdown() noexcept {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  tell_the_end();
  work_.set();
}

// ---- the reader

Received ZmqTransport::try_receive(Event& into) {
  if (!buffered() && !take_events()) {
    into = Event{};
    return over_ ? Received::event : Received::timeout;
  }
  Event& next = taken_[next_taken_++];
  into.kind = next.kind;
  into.peer = next.peer;
  into.payload = std::move(next.payload);
  into.more = buffered() && taken_[next_taken_].peer == into.peer;
  if (next.kind != Event::Kind::message) into = std::move(next);
  return Received::event;
}

/// All that have come, under one lock. False: none have.
bool ZmqTransport::take_events() {
  bool was_full = false;
  next_taken_ = 0;
  taken_.capacity() <= kKept ? taken_.clear() : std::vector<Event>().swap(taken_);
  {
    const std::lock_guard lock(mutex_);
    over_ = stopping_ || receiving_ended_;
    taken_.swap(events_);
    was_full = event_bytes_ > kInQueue;
    event_bytes_ = 0;
    if (told_ && !over_) {
      arrived_.clear();
      told_ = telling_.load(std::memory_order_acquire) != 0;  // then it may be set again at once
    }
  }
  if (was_full) work_.set();
  return buffered();
}

Received ZmqTransport::receive(Event& into, Deadline deadline, int wake) {
  const int descriptors[] = {arrived_.get(), wake};
  for (;;) {
    if (try_receive(into) == Received::event) return Received::event;
    release();
    if (wake == kNoDescriptor) {
      if (!wait_for_events(deadline)) return Received::timeout;
      continue;
    }
    const unsigned ready = wait_readable(descriptors, 2, deadline);
    if ((ready & 2u) != 0) return Received::woken;
    if (ready == 0) return Received::timeout;
  }
}

/// On a condition variable, which costs fewer system calls than a descriptor. False: none came.
bool ZmqTransport::wait_for_events(Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto any = [this] { return !events_.empty() || stopping_ || receiving_ended_; };
  reader_waits_ = true;
  const bool came = deadline == kNoDeadline ? (reader_wakes_.wait(lock, any), true)
                                            : reader_wakes_.wait_until(lock, deadline, any);
  reader_waits_ = false;
  return came;
}

// ---- under mutex_

ZmqTransport::Lock::~Lock() {
  if (!std::exchange(transport_.tell_reader_, false)) return;
  const bool waits = transport_.reader_waits_;
  if (!waits) {
    transport_.told_ = true;
    transport_.telling_.fetch_add(1, std::memory_order_acq_rel);
  }
  lock_.unlock();
  if (waits) {
    transport_.reader_wakes_.notify_one();
  } else {
    transport_.arrived_.set();
    transport_.telling_.fetch_sub(1, std::memory_order_acq_rel);
  }
}

/// Nothing comes any more, which shows for ever.
void ZmqTransport::tell_the_end() {
  told_ = true;
  arrived_.set();
  reader_wakes_.notify_one();
}

void ZmqTransport::tell_reader() { const Lock lock(*this); }

PeerId ZmqTransport::add_peer(std::string identity, int source) {
  const auto id = static_cast<PeerId>(++last_peer_);
  Peer& peer = peers_.try_emplace(id, parcels_).first->second;
  peer.identity = std::move(identity);
  peer.source = source;
  push({.kind = Event::Kind::connected, .peer = id, .payload = {}, .reason = {}});
  return id;
}

void ZmqTransport::drop(PeerId id, std::string reason) {
  const auto found = peers_.find(id);
  if (found == peers_.end()) return;
  push({.kind = Event::Kind::lost,
        .peer = id,
        .payload = {},
        .written = found->second.handed + found->second.in_hand,
        .reason = std::move(reason)});
  found->second.queue.abandon();
  peers_.erase(found);
  drops_.fetch_add(1, std::memory_order_relaxed);
}

void ZmqTransport::push(Event event) {
  event_bytes_ += event.payload.size();
  if (events_.empty()) tell_reader_ = true;
  events_.push_back(std::move(event));
}

}  // namespace multifrost::transport
