// Sending from any thread, and what the reader delivers.
#include "transport/direct/direct_transport.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <utility>

namespace multifrost::transport::direct {

namespace {
constexpr std::chrono::milliseconds kFinishStep{5};
}  // namespace

// ---- any thread

DirectTransport::Shared DirectTransport::find(PeerId peer) {
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(peer);
  return found == connections_.end() || !found->second->is_open() ? nullptr : found->second;
}

Sent DirectTransport::try_send(PeerId peer, Buffer& message, std::uint64_t* number,
                               Urgency urgency) {
  const Shared connection = find(peer);
  return connection ? send(connection, message, number, urgency) : Sent::gone;
}

/// Saves a lock and the counting of an owner for each message.
class DirectTransport::DirectOutlet final : public Outlet {
 public:
  DirectOutlet(DirectTransport& transport, Shared connection) noexcept
      : transport_(transport), connection_(std::move(connection)) {}

  [[gnu::hot]] Sent try_send(Buffer& message, std::uint64_t* number, Urgency urgency) override {
    return transport_.send(connection_, message, number, urgency);
  }
  Sent lend(Buffer& message, std::uint64_t* number) override {
    return connection_->writer().send(message, number, Urgency::now, Writer::Loan::kept);
  }
  void end_loan(std::uint64_t number) override { connection_->writer().end_loan(number); }

 private:
  DirectTransport& transport_;
  const Shared connection_;
};

std::shared_ptr<Outlet> DirectTransport::outlet(PeerId peer) {
  if (Shared connection = find(peer)) {
    return std::make_shared<DirectOutlet>(*this, std::move(connection));
  }
  return Transport::outlet(peer);
}

[[gnu::hot, gnu::always_inline]] inline Sent DirectTransport::send(const Shared& connection,
                                                                   Buffer& message,
                                                                   std::uint64_t* number,
                                                                   Urgency urgency) {
  if (urgency != Urgency::held) return connection->writer().send(message, number, urgency);
  const Sent sent = connection->writer().send(message, number, urgency);
  if (connection->begins_to_hold()) {
    const std::lock_guard lock(mutex_);
    holding_.push_back(connection);
    holds_.store(true, std::memory_order_release);
  }
  return sent;
}

[[gnu::hot]] void DirectTransport::release() {
  if (!holds_.load(std::memory_order_acquire)) return;
  std::vector<Shared> holding;
  {
    const std::lock_guard lock(mutex_);
    holding.swap(holding_);
    holds_.store(false, std::memory_order_release);
  }
  for (const Shared& connection : holding) connection->release();
}

void DirectTransport::flush_ready() {
  std::array<std::uint64_t, 16> ready;
  const std::size_t count = board_.writes.wait(ready, Clock::now());
  for (std::size_t i = 0; i < count; ++i) {
    if (ready[i] == kRemind) {
      age_blocks();
      continue;
    }
    Shared connection;
    {
      const std::lock_guard lock(mutex_);
      const auto found = connections_.find(static_cast<PeerId>(ready[i]));
      if (found != connections_.end()) connection = found->second;
    }
    if (connection) connection->writer().flush();
  }
}

// Here, and not among `reads`: whoever flushes has an eye on it even while the reader sleeps in
// recv() of a connection that is silent for good.
void DirectTransport::age_blocks() {
  board_.reminder.begin_look();
  std::vector<Shared> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, connection] : connections_) all.push_back(connection);
  }
  const auto now = Clock::now();
  for (const Shared& connection : all) connection->age(now);
}

std::size_t DirectTransport::kept_bytes() {
  std::size_t bytes = 0;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, connection] : connections_) bytes += connection->kept_bytes();
  return bytes;
}

bool DirectTransport::flush() {
  flush_ready();
  if (role_ == Role::parent) return false;
  bool spare_room = false;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, connection] : connections_) {
    spare_room = connection->take_spare_room() || spare_room;
  }
  return spare_room;
}

void DirectTransport::disconnect(PeerId peer) noexcept {
  if (const Shared connection = find(peer)) {
    connection->disconnect("this side ended the connection");
  }
}

void DirectTransport::stop_receiving() noexcept {
  board_.receives = false;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, connection] : connections_) connection->stop_receiving();
  board_.attention_event.set();
}

bool DirectTransport::all_sent() {
  const std::lock_guard lock(mutex_);
  return std::all_of(connections_.begin(), connections_.end(),
                     [](const auto& entry) { return entry.second->all_sent(); });
}

bool DirectTransport::finish(Deadline deadline) {
  release();
  const int writable = board_.writes.descriptor();
  bool done = all_sent();
  while (!done && !stopping_ && Clock::now() < deadline) {
    // In steps: neither a write that is under way on another thread nor what the system has still
    // to send shows in `writable`.
    wait_readable(&writable, 1, std::min(deadline, Clock::now() + kFinishStep));
    flush_ready();
    done = all_sent();
  }
  shutdown();
  return done;
}

void DirectTransport::shutdown() noexcept {
  stopping_.store(true);
  const std::lock_guard lock(mutex_);
  for (const auto& [id, connection] : connections_) {
    ::shutdown(connection->socket(), SHUT_RDWR);
    connection->keep_nothing();
  }
  board_.attention_event.set();
}

// ---- the reader

[[gnu::hot]] Received DirectTransport::try_receive(Event& into) {
  if (deliver(into) || (look(Clock::now()) && deliver(into))) return Received::event;
  return Received::timeout;
}

[[gnu::hot]] Received DirectTransport::receive(Event& into, Deadline deadline, int wake) {
  for (;;) {
    if (has_work() && deliver(into)) return Received::event;
    if (!board_.receives) {
      if (look(Clock::now()) && deliver(into)) return Received::event;
      into = Event{};  // closed
      return Received::event;
    }
    release();
    Connection* alone = sole_connection();
    const Received waited =
        alone != nullptr ? wait_alone(*alone, deadline, wake) : wait_for_all(deadline, wake);
    if (waited != Received::event) return waited;
  }
}

/// Something lies in this process that no descriptor tells of.
inline bool DirectTransport::work_waits() {
  if (!events_.empty()) return true;
  return turns_.any_of([](Connection& one) {
    return !one.paused() && (one.has_message() || one.state() == Connection::State::ended);
  });
}

/// What deliver() is for; most often there is nothing before something has been received.
inline bool DirectTransport::has_work() const noexcept {
  return turns_.current() != nullptr || !events_.empty() ||
         board_.attention.load(std::memory_order_acquire) ||
         stopping_.load(std::memory_order_acquire);
}

/// The next event that needs no look at anything but the sockets in turn.
[[gnu::hot]] bool DirectTransport::deliver(Event& into) {
  if (stopping_.load(std::memory_order_acquire)) {
    into = Event{};
    buffered_ = false;
    return true;
  }
  if (board_.attention.load(std::memory_order_acquire)) handle_attention();
  bool found = false;
  if (!events_.empty()) {
    into = std::move(events_.front());
    events_.pop_front();
    found = true;
  } else if (turns_.current() != nullptr) {
    found = deliver_message(into);
  }
  buffered_ = work_waits();
  return found;
}

[[gnu::hot]] bool DirectTransport::deliver_message(Event& into) {
  while (Connection* const connection = turns_.current()) {
    if (turns_.used_up()) {
      // Somebody else's turn, also somebody's who has only just sent something (R3).
      turns_.pass_on();
      if (!sole_) look(Clock::now());
      continue;
    }
    if (connection->paused()) {
      turns_.end();
      continue;
    }
    if (connection->has_message()) {
      turns_.count_message();
      into.kind = Event::Kind::message;
      into.peer = connection->id();
      if (!into.payload.empty()) into.payload = Bytes();
      connection->take_message(into.payload);
      into.more = connection->has_message();
      if (connection->drained() && !into.more) turns_.end();
      return true;
    }
    if (connection->state() == Connection::State::open &&
        (connection->drained() || connection->receive_now() == Connection::Input::nothing)) {
      turns_.end();
      continue;
    }
    if (connection->state() == Connection::State::ended) {
      remove(Shared(connections_.at(connection->id())), connection->reason());
      if (events_.empty()) continue;
      into = std::move(events_.front());
      events_.pop_front();
      return true;
    }
  }
  return false;
}

[[gnu::hot]] Connection* DirectTransport::sole_connection() noexcept {
  return sole_ && sole_->is_open() && !sole_->paused() && board_.blocked == 0 ? sole_.get()
                                                                              : nullptr;
}

[[gnu::hot, gnu::always_inline]] inline Received DirectTransport::wait_alone(Connection& connection,
                                                                             Deadline deadline,
                                                                             int wake) {
  if (wake == kNoDescriptor) {
    const auto left = deadline == kNoDeadline ? std::chrono::nanoseconds::max()
                                              : std::chrono::nanoseconds(deadline - Clock::now());
    if (left.count() <= 0) return Received::timeout;
    watch_sole(false);
    if (connection.receive_waiting(left) == Connection::Input::nothing) {
      return deadline != kNoDeadline && Clock::now() >= deadline ? Received::timeout
                                                                 : Received::event;
    }
  } else {
    const std::array watched{connection.socket(), wake, board_.attention_event.get()};
    const unsigned ready = wait_readable(watched.data(), watched.size(), deadline);
    if (ready == 0) return Received::timeout;
    if ((ready & 2u) != 0) return Received::woken;
    if ((ready & 4u) != 0) handle_attention();
    if ((ready & 1u) == 0) return Received::event;
    if (connection.receive_now() == Connection::Input::nothing) return Received::event;
  }
  turns_.add(connection);
  return Received::event;
}

Received DirectTransport::wait_for_all(Deadline deadline, int wake) {
  const bool blocked = board_.blocked != 0;
  // With an eye on `reads` alone, epoll sleeps itself.
  if (wake == kNoDescriptor && !blocked) {
    return look(deadline) ? Received::event : Received::timeout;
  }
  watch_sole(true);
  const std::array watched{board_.reads.descriptor(), wake,
                           blocked ? board_.writes.descriptor() : kNoDescriptor};
  const unsigned ready = wait_readable(watched.data(), watched.size(), deadline);
  if (ready == 0) return Received::timeout;
  if ((ready & 4u) != 0) flush_ready();
  if ((ready & 1u) != 0) look(Clock::now());
  return (ready & 2u) != 0 ? Received::woken : Received::event;
}

}  // namespace multifrost::transport::direct
