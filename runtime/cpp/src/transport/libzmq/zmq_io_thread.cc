// What is done with the sockets: receiving, on the I/O thread, and sending.
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

#include "transport/libzmq/zmq_library.h"
#include "transport/libzmq/zmq_transport.h"
#include "transport/poller.h"

namespace multifrost::transport {
namespace {

using std::chrono::milliseconds;

/// How often a message is offered again to a ROUTER's peer that does not read: POLLOUT does not
/// tell.
constexpr milliseconds kRetry{5};
/// Messages up to this size are copied into libzmq; longer ones are lent.
constexpr std::size_t kCopied = 4096;
/// A message that has left goes on travelling for so long after finish().
constexpr milliseconds kLongestLinger{60'000};
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
  std::vector<Incoming> messages;
  bool turn_over = false;
  for (;;) {
    turn_over = messages.size() == limits_.messages_per_turn;
    if (turn_over) break;
    Incoming message;
    const Step step = receive_one(message);
    if (step == Step::nothing) break;
    if (step == Step::message) messages.push_back(std::move(message));
  }
  if (!messages.empty()) deliver(messages);
  return turn_over;
}

ZmqTransport::Step ZmqTransport::receive_one(Incoming& into) {
  void* const socket = socket_.get();
  ZmqFrame first;
  if (!first.receive(socket)) return Step::nothing;
  bool more = first.more();
  if (role_ == Role::worker) {
    into.identity = first.text();
    ZmqFrame delimiter;
    if (!more || !delimiter.receive(socket)) return Step::skipped;
    more = delimiter.more();
  }
  // Behind the delimiter, whose content is not checked, the payload follows (wire page "Framing").
  into.payload = std::make_shared<ZmqFrame>();
  if (!more || !into.payload->receive(socket)) return Step::skipped;
  for (more = into.payload->more(); more;) {
    ZmqFrame further;
    more = further.receive(socket) && further.more();
  }
  return Step::message;
}

void ZmqTransport::deliver(std::vector<Incoming>& messages) {
  const std::lock_guard lock(mutex_);
  for (Incoming& message : messages) {
    const int source = message.payload->source_socket();
    auto found = std::find_if(peers_.begin(), peers_.end(), [&](const auto& entry) {
      return role_ == Role::parent || entry.second.identity == message.identity;
    });
    // A parent may hear its worker before the monitor reports the handshake.
    const PeerId peer =
        found != peers_.end() ? found->first : add_peer(std::move(message.identity), source);
    if (peers_[peer].source == kUnknownSource) peers_[peer].source = source;
    const std::byte* const data = message.payload->data();
    const std::size_t size = message.payload->size();
    push({.kind = Event::Kind::message,
          .peer = peer,
          .payload = Bytes(std::move(message.payload), data, size),
          .reason = {}});
  }
}

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
      receive_all();  // what arrived before the end comes before the end
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
  } else if (role_ == Role::worker && !bound_) {
    push({.kind = Event::Kind::lost, .payload = {}, .reason = kReason});  // it never said a word
  }
}

/// True when something could not be sent yet; `sent`: something was.
bool ZmqTransport::send_all(bool& sent) {
  std::vector<PeerId> ids;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, peer] : peers_) {
      if (!peer.queue.empty()) ids.push_back(id);
    }
  }
  bool backlog = false;
  for (const PeerId id : ids) backlog = send_to(id, sent) || backlog;
  return backlog;
}

/// Everything that waits for one peer, the lock not being held: others queue meanwhile.
bool ZmqTransport::send_to(PeerId id, bool& sent) {
  std::deque<Buffer> messages;
  std::string identity;
  {
    const std::lock_guard lock(mutex_);
    const auto found = peers_.find(id);
    if (found == peers_.end()) return false;
    messages.swap(found->second.queue);
    found->second.in_hand = messages.size();
    identity = found->second.identity;
  }
  bool stuck = false, gone = false;
  std::size_t count = 0, bytes = 0;
  while (!messages.empty()) {
    const std::size_t size = messages.front().size();
    errno = 0;
    if (!send(identity, messages.front())) {
      gone = zmq().error_number() == EHOSTUNREACH;
      stuck = !gone;
      break;
    }
    messages.pop_front();
    bytes += size;
    ++count;
  }
  sent = sent || count != 0;

  const Lock lock(*this);
  const auto found = peers_.find(id);
  if (found == peers_.end()) return false;
  Peer& peer = found->second;
  peer.handed += count;
  peer.in_hand = 0;
  peer.queued_bytes -= bytes;
  while (!messages.empty()) {
    peer.queue.push_front(std::move(messages.back()));
    messages.pop_back();
  }
  if (peer.wants_room && peer.queued_bytes <= limits_.out_queue / 4) {
    peer.wants_room = false;
    push({.kind = Event::Kind::room, .peer = id, .payload = {}, .reason = {}});
  }
  if (gone) drop(id, "the peer has gone");
  return stuck;
}

/// All frames or none: the first one decides, libzmq takes the rest of a message that it has
/// begun.
bool ZmqTransport::send(const std::string& identity, Buffer& message) {
  if (role_ == Role::worker && !ZmqFrame(identity).send(socket_.get(), true)) return false;
  if (!ZmqFrame(std::string_view()).send(socket_.get(), true)) return false;
  if (message.size() <= kCopied) {
    return ZmqFrame(std::string_view(message.data(), message.size())).send(socket_.get(), false);
  }
  return ZmqFrame(std::move(message)).send(socket_.get(), false);
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
