// The reader's work on connections: accepting, dialling, handshakes, ends.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "transport/direct/direct_transport.h"

namespace multifrost::transport::direct {
namespace {

// Tags in the poller: the door's have the highest bit, connections their id, these what no id
// reaches.
constexpr std::uint64_t kTimer = Door::kFirstTag - 1;
constexpr std::uint64_t kAttention = Door::kFirstTag - 2;

/// A worker's parent listens before it starts the worker; this covers a parent that is just busy.
constexpr std::chrono::seconds kWorkerGivesUp{2};
/// After the process ran out of descriptors.
constexpr std::chrono::milliseconds kDescriptorPause{100};

}  // namespace

DirectTransport::DirectTransport(Role role, const Limits& limits)
    : role_(role), limits_(limits), owner_(::getpid()), turns_(limits.messages_per_turn) {
  board_.reads.add(timer_.get(), kTimer);
  board_.reads.add(board_.attention_event.get(), kAttention);
  board_.writes.add(board_.reminder.descriptor(), kRemind);
}

DirectTransport::~DirectTransport() {
  if (::getpid() != owner_) {
    door_.abandon();
    return;
  }
  shutdown();
  for (const auto& [id, connection] : connections_) connection->end();
}

Result<void> DirectTransport::listen(const ListenOptions& options, const Endpoint* service) {
  return door_.open(options, service);
}

void DirectTransport::connect(Endpoint endpoint) {
  dialer_.emplace(std::move(endpoint), Clock::now(),
                  role_ == Role::worker ? std::optional<std::chrono::nanoseconds>(kWorkerGivesUp)
                                        : std::nullopt);
  arm_timer();
}

/// One look at everything that is watched; false: nothing was ready.
bool DirectTransport::look(Deadline deadline) {
  watch_sole(true);
  std::array<std::uint64_t, 32> ready;
  const std::size_t count = board_.reads.wait(ready, deadline);
  for (std::size_t i = 0; i < count; ++i) handle(ready[i]);
  return count != 0;
}

void DirectTransport::handle(std::uint64_t tag) {
  if (tag >= Door::kFirstTag) {
    accept_all(tag);
  } else if (tag == kTimer) {
    handle_timer();
  } else if (tag == kAttention) {
    handle_attention();
  } else if (const auto found = connections_.find(static_cast<PeerId>(tag));
             found != connections_.end()) {
    const Shared connection = found->second;
    if (!connection->is_open()) {
      proceed(connection);
    } else if (!connection->in_turn && !connection->paused()) {
      connection->receive_now();
      turns_.add(*connection);
    }
  }
}

// Some connection's out-queue has drained: a parent's callers may go on, a worker's reading does.
// Or one has begun to wait: the next sleep looks at `writes` too.
void DirectTransport::handle_attention() {
  board_.attention_event.clear();
  if (stopping_) board_.attention_event.set();  // it stays: that work is never done
  board_.attention.store(false, std::memory_order_release);
  for (const auto& [id, connection] : connections_) {
    const bool relieved = connection->take_relieved();
    if (connection->take_spare_room() || (relieved && role_ == Role::parent)) {
      Event room;
      room.kind = Event::Kind::room;
      room.peer = id;
      events_.push_back(std::move(room));
    }
    if (!relieved || role_ == Role::parent) continue;
    turns_.add(*connection);
  }
}

void DirectTransport::accept_all(std::uint64_t tag) {
  while (door_.is_open() && applicants_ < Door::kMaxApplicants) {
    auto arrival = door_.accept(tag);
    if (!arrival) return;
    add(std::move(arrival->socket), arrival->via, false);
  }
  update_door();
}

// Without a free descriptor the listener would be ready for ever; the timer comes back to it.
void DirectTransport::update_door() {
  door_.set_attentive(applicants_ < Door::kMaxApplicants && !door_.exhausted());
  if (door_.exhausted()) arm_timer();
}

void DirectTransport::add(UniqueFd socket, Endpoint::Kind via, bool pending) {
  const auto id = static_cast<PeerId>(++last_id_);
  const auto connection = std::make_shared<Connection>(
      Connection::Setup{id, role_, via, dialer_ ? dialer_->endpoint().token : std::string(),
                        limits_},
      std::move(socket), pending, board_);
  connection->handshake_deadline = Clock::now() + handshake_time_;
  {
    const std::lock_guard lock(mutex_);
    connections_.emplace(id, connection);
  }
  ++applicants_;
  arm_timer();
}

void DirectTransport::proceed(const Shared& connection) {
  connection->proceed();
  if (connection->state() == Connection::State::ended) {
    remove(connection, connection->reason());
  } else if (connection->handshake_done()) {
    admit(connection);
  }
}

void DirectTransport::admit(const Shared& connection) {
  if (std::string refusal = door_.refusal(*connection); !refusal.empty()) {
    remove(connection, std::move(refusal));
    return;
  }
  connection->open();
  --applicants_;
  if (role_ == Role::parent) {
    // The first verified peer wins (R6).
    door_.close();
    std::vector<Shared> others;
    for (const auto& [id, other] : connections_) {
      if (other != connection) others.push_back(other);
    }
    for (const Shared& other : others) remove(other, "another peer was first");
  }
  if (!door_.is_open()) {
    sole_ = connection;
    sole_watched_ = true;
  }
  update_door();
  Event connected;
  connected.kind = Event::Kind::connected;
  connected.peer = connection->id();
  events_.push_back(std::move(connected));
  // Messages may have come together with the handshake.
  turns_.add(*connection);
  arm_timer();
}

void DirectTransport::remove(const Shared& connection, std::string reason) {
  const std::uint64_t written = connection->end();
  {
    const std::lock_guard lock(mutex_);
    connections_.erase(connection->id());
  }
  turns_.remove(*connection);
  if (connection == sole_) sole_.reset();
  if (connection->was_open()) {
    Event lost;
    lost.kind = Event::Kind::lost;
    lost.peer = connection->id();
    lost.written = written;
    lost.reason = std::move(reason);
    events_.push_back(std::move(lost));
    if (dialer_) dialer_->lost(Clock::now());
  } else {
    --applicants_;
    update_door();
    if (dialer_) dial_failed(std::move(reason));
  }
  arm_timer();
}

void DirectTransport::handle_timer() {
  timer_.clear();
  const auto now = Clock::now();
  std::vector<Shared> late;
  for (const auto& [id, connection] : connections_) {
    if (!connection->is_open() && connection->handshake_deadline <= now) late.push_back(connection);
  }
  for (const Shared& connection : late) remove(connection, "the peer did not finish its handshake");
  if (dialer_ && dialer_->due(now)) dial();
  door_.set_attentive(applicants_ < Door::kMaxApplicants);
  arm_timer();
}

void DirectTransport::dial() {
  dialer_->began();
  auto connecting = begin_connect(dialer_->endpoint());
  if (connecting) {
    add(std::move(connecting->socket), dialer_->endpoint().kind, connecting->pending);
  } else {
    dial_failed(connecting.failure().message());
  }
}

void DirectTransport::dial_failed(std::string reason) {
  if (dialer_->failed(Clock::now())) return;
  Event lost;
  lost.kind = Event::Kind::lost;
  lost.reason = std::move(reason);
  events_.push_back(std::move(lost));
}

void DirectTransport::arm_timer() {
  auto next = dialer_ ? dialer_->next() : Clock::time_point::max();
  if (door_.exhausted()) next = std::min(next, Clock::now() + kDescriptorPause);
  if (applicants_ != 0) {
    for (const auto& [id, connection] : connections_) {
      if (!connection->is_open()) next = std::min(next, connection->handshake_deadline);
    }
  }
  // Left armed, it would wake an idle process once, long after the handshake.
  if (next == Clock::time_point::max()) return timer_.disarm();
  timer_.arm(std::max(std::chrono::nanoseconds(1), std::chrono::nanoseconds(next - Clock::now())));
}

}  // namespace multifrost::transport::direct
