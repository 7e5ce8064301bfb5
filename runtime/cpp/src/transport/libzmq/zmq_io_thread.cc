// What the I/O thread does: receiving, and whatever else happens to the sockets.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <iterator>
#include <utility>

#include "transport/libzmq/zmq_library.h"
#include "transport/libzmq/zmq_transport.h"
#include "transport/poller.h"

namespace multifrost::transport {
namespace {

using std::chrono::milliseconds;

/// How often a message is offered again to a ROUTER's peer that does not read: POLLOUT does not
/// tell.
constexpr milliseconds kRetry{5};
/// A message that has left goes on travelling for so long after finish().
constexpr milliseconds kLongestLinger{60'000};
/// So many messages are received before the reader gets them and the out-queues are looked at.
constexpr std::size_t kTurn = 256;
/// The monitor names no descriptor with a handshake; a peer's first message does.
constexpr int kUnknownSource = -1;

}  // namespace

void ZmqTransport::run() {
  // libzmq's descriptors tell of changes only, and any call may take the news up: before it sleeps
  // this thread has received until there was nothing, and looked again after it has sent.
  const int input = number_of(socket_.get(), ZMQ_FD);
  enum Tag : std::uint64_t { kWork, kMonitor, kInput };
  Poller watched;
  watched.add(work_.get(), kWork);
  watched.add(number_of(monitor_.get(), ZMQ_FD), kMonitor);
  watched.add(input, kInput);
  std::array<std::uint64_t, 3> ready{kMonitor};
  std::size_t count = 1;
  const auto is_ready = [&](Tag tag) {
    return std::find(ready.begin(), ready.begin() + count, tag) != ready.begin() + count;
  };
  std::unique_lock socket(socket_mutex_);
  for (;;) {
    bool read_on = true;
    Deadline finish_by = kNoDeadline;
    if (is_ready(kWork)) work_.clear();
    signalled_.exchange(false, std::memory_order_acq_rel);  // from here on queues are looked at
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ || (finishing_ && (!backlog_left() || Clock::now() >= finish_by_))) break;
      if (finishing_) finish_by = finish_by_;
      read_on = event_bytes_ <= kInQueue && (role_ == Role::parent || !over_limit());
    }
    if (is_ready(kMonitor)) read_monitor();
    count = 0;
    if (read_on && receive_all()) {
      tell_reader();
      continue;
    }
    bool sent = false;
    const bool backlog = send_all(sent);
    if (sent && (finish_by != kNoDeadline || (read_on && has_input()))) continue;
    const bool timed = backlog || finish_by != kNoDeadline;
    if (!read_on) watched.set(input, kInput, false);
    socket.unlock();
    tell_reader();  // not before: he may run at once on this core, and have something to send
    count = watched.wait(ready, timed ? Clock::now() + kRetry : kNoDeadline);
    if (!read_on) watched.set(input, kInput, true);
    socket.lock();
  }
  close();
}

bool ZmqTransport::backlog_left() const {
  return std::any_of(peers_.begin(), peers_.end(),
                     [](const auto& entry) { return !entry.second.queue.empty(); });
}

bool ZmqTransport::over_limit() const {
  return std::any_of(peers_.begin(), peers_.end(), [this](const auto& entry) {
    return entry.second.queued_bytes > limits_.out_queue;
  });
}

bool ZmqTransport::has_input() const {
  return (number_of(socket_.get(), ZMQ_EVENTS) & ZMQ_POLLIN) != 0;
}

/// Receives until there is nothing, or a turn is over (true).
bool ZmqTransport::receive_all() {
  const std::uint64_t drops = drops_.load(std::memory_order_relaxed);
  Frames frames;
  while (received_.size() < kTurn) {
    if (receive_one(frames) == Step::nothing) break;
  }
  const bool turn_over = received_.size() >= kTurn;
  if (!received_.empty()) deliver(drops);
  return turn_over;
}

ZmqTransport::Step ZmqTransport::receive_one(Frames& frames) {
  void* const socket = socket_.get();
  if (!frames.first.receive(socket)) return Step::nothing;
  bool more = frames.first.more();
  if (role_ == Role::worker) {
    if (!more || !frames.delimiter.receive(socket)) return Step::skipped;
    more = frames.delimiter.more();
  }
  // Behind the delimiter, whose content is not checked, the payload follows (wire page "Framing").
  if (!more || !frames.payload.receive(socket)) return Step::skipped;
  for (more = frames.payload.more(); more;) {
    ZmqFrame further;
    more = further.receive(socket) && further.more();
  }
  const std::string_view identity =
      role_ == Role::worker ? frames.first.text() : std::string_view();
  Event& event = received_.emplace_back();
  event.kind = Event::Kind::message;
  event.peer = sender(identity, frames.payload);
  event.payload = keep(frames.payload);
  return Step::message;
}

/// Who is called so. Whoever sent the last message, too, is known without a lock.
PeerId ZmqTransport::sender(std::string_view identity, ZmqFrame& payload) {
  const std::uint64_t drops = drops_.load(std::memory_order_relaxed);
  if (last_sender_.peer != PeerId::none && last_sender_.drops == drops &&
      last_sender_.identity == identity) {
    return last_sender_.peer;
  }
  const int source = payload.source_socket();
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(peers_.begin(), peers_.end(), [&](const auto& entry) {
    return role_ == Role::parent || entry.second.identity == identity;
  });
  // A parent may hear its worker before the monitor reports the handshake.
  const PeerId peer =
      found != peers_.end() ? found->first : add_peer(std::string(identity), source);
  if (found != peers_.end() && found->second.source == kUnknownSource) {
    found->second.source = source;
  }
  last_sender_ = {std::string(identity), peer, drops_.load(std::memory_order_relaxed)};
  return peer;
}

/// Small ones are copied together, which takes less than an owner for each and gives libzmq its
/// memory back at once.
Bytes ZmqTransport::keep(ZmqFrame& payload) {
  const std::size_t size = payload.size();
  if (size <= ZmqFrame::kCopied) {
    if (size != 0) std::memcpy(small_payloads_.room(size).data(), payload.data(), size);
    small_payloads_.received(size);
    return small_payloads_.slice(size);
  }
  auto kept = std::make_shared<ZmqFrame>(std::move(payload));
  const std::byte* const data = kept->data();
  return {std::move(kept), data, size};
}

/// `drops`: as it was before the first of them came.
void ZmqTransport::deliver(std::uint64_t drops) {
  const std::lock_guard lock(mutex_);
  if (drops_.load(std::memory_order_relaxed) != drops) {
    std::erase_if(received_, [this](const Event& event) { return !peers_.contains(event.peer); });
  }
  for (const Event& event : received_) event_bytes_ += event.payload.size();
  if (!received_.empty() && events_.empty()) tell_reader_ = true;
  if (events_.empty()) {
    events_.swap(received_);
  } else {
    std::move(received_.begin(), received_.end(), std::back_inserter(events_));
  }
  received_.clear();
}

// What arrived before the end of a connection comes before the end. libzmq's ZMQ_IMMEDIATE is not
// for us: with it a socket that has connected drops what it has received when the other side ends,
// and a message that was read in part ends the process. Instead we see to it ourselves that nothing
// is kept for a connection that may never be (R4): nothing is sent before there is one, and after
// it libzmq is told to forget what it kept, and to connect no more.
void ZmqTransport::read_monitor() {
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
      while (receive_all()) {
      }
      disconnected(source);
    }
  }
}

void ZmqTransport::connected() {
  if (role_ == Role::worker) return;  // known by its identity, with its first message
  const std::lock_guard lock(mutex_);
  if (peers_.empty()) add_peer({}, kUnknownSource);
}

void ZmqTransport::disconnected(int source) {
  const std::lock_guard lock(mutex_);
  static constexpr char kReason[] = "the other side closed the connection";
  const auto found = std::find_if(peers_.begin(), peers_.end(), [&](const auto& entry) {
    return entry.second.source == source || entry.second.source == kUnknownSource;
  });
  if (found != peers_.end()) {
    drop(found->first, kReason);
  } else if (role_ == Role::worker && !connected_to_.empty()) {
    push({.kind = Event::Kind::lost, .payload = {}, .reason = kReason});  // it never said a word
  } else {
    return;
  }
  if (!connected_to_.empty()) zmq().disconnect(socket_.get(), connected_to_.c_str());
}

void ZmqTransport::close() {
  bool flushed = false;
  int linger = 0;
  {
    const std::lock_guard lock(mutex_);
    if (finishing_ && !stopping_) {
      using std::chrono::duration_cast;
      const auto left = duration_cast<milliseconds>(
                            std::min<Clock::duration>(finish_by_ - Clock::now(), kLongestLinger))
                            .count();
      linger = static_cast<int>(std::max<std::int64_t>(left, 0));
      flushed = !backlog_left();
    }
  }
  set(ZMQ_LINGER, linger);
  zmq().socket_monitor(socket_.get(), nullptr, 0);
  monitor_.reset();
  parcels_.begin_closing();
  socket_.reset();
  context_.reset();
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  ended_ = true;
  flushed_ = flushed;
  tell_the_end();
  ended_condition_.notify_all();
}

void ZmqTransport::set(int option, int value) {
  zmq().setsockopt(socket_.get(), option, &value, sizeof value);
}

void ZmqTransport::set(int option, std::int64_t value) {
  zmq().setsockopt(socket_.get(), option, &value, sizeof value);
}

int ZmqTransport::number_of(void* socket, int option) {
  int value = 0;
  std::size_t size = sizeof value;
  zmq().getsockopt(socket, option, &value, &size);
  return value;
}

}  // namespace multifrost::transport
