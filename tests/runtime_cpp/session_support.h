// A transport in memory, for sessions under test: the test plays the other side and decides
// everything.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <new>
#include <set>
#include <utility>

#include "multifrost/value.h"
#include "transport/event_fd.h"
#include "transport/transport.h"

namespace multifrost::session {

class FakeTransport final : public transport::Transport {
 public:
  using Event = transport::Event;
  using PeerId = transport::PeerId;
  using Received = transport::Received;
  using Sent = transport::Sent;

  // ---- the test's side

  static constexpr PeerId kPeer{1};

  void connect(PeerId peer = kPeer) {
    push({.kind = Event::Kind::connected, .peer = peer, .payload = {}, .reason = {}});
  }
  void deliver(const Bytes& frame, PeerId peer = kPeer) {
    push({.kind = Event::Kind::message, .peer = peer, .payload = frame, .reason = {}});
  }
  void deliver(const Value& message, PeerId peer = kPeer) {
    deliver(encode(message).value(), peer);
  }
  void lose(std::uint64_t written = 0, PeerId peer = kPeer) {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    push_locked({.kind = Event::Kind::lost,
                 .peer = peer,
                 .payload = {},
                 .written = written,
                 .reason = "the test ended it"});
  }
  /// One of several peers goes; the others stay.
  void lose_one(PeerId peer) {
    const std::lock_guard lock(mutex_);
    gone_peers_.insert(peer);
    push_locked(
        {.kind = Event::Kind::lost, .peer = peer, .payload = {}, .reason = "the test ended it"});
  }
  /// From now on: what try_send says.
  void be_full(bool full) {
    const std::lock_guard lock(mutex_);
    full_ = full;
    if (!full) push_locked({.kind = Event::Kind::room, .peer = kPeer, .payload = {}, .reason = {}});
  }

  /// The next event is lost: whoever reads it gets std::bad_alloc.
  void run_out_of_memory() {
    const std::lock_guard lock(mutex_);
    out_of_memory_ = true;
  }

  struct Message {
    PeerId peer{};
    Value value;
    std::string type() const { return value["type"].as_string(); }
    std::string id() const { return value["id"].as_string(); }
  };
  /// What happens in each try_send from now on, before anything else.
  void on_send(std::function<void()> what) { on_send_ = std::move(what); }
  /// The next message that the session has sent; fails the test when none comes.
  Message next() {
    std::unique_lock lock(mutex_);
    if (!sent_something_.wait_for(lock, std::chrono::seconds(20), [&] { return !sent_.empty(); })) {
      ADD_FAILURE() << "the session has sent nothing";
      return {};
    }
    Message message = std::move(sent_.front());
    sent_.pop_front();
    return message;
  }
  /// The next one of this type; others are passed over.
  Message next(std::string_view type) {
    for (;;) {
      Message message = next();
      if (message.value.is_null() || message.type() == type) return message;
    }
  }
  /// Until somebody waits in receive().
  void await_reader() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(
        reader_waits_.wait_for(lock, std::chrono::seconds(20), [&] { return readers_ > 0; }));
  }
  /// Events that the session has not taken.
  std::size_t unread() const {
    const std::lock_guard lock(mutex_);
    return events_.size();
  }
  /// Until only so many are left.
  void await_unread(std::size_t most) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(
        taken_.wait_for(lock, std::chrono::seconds(20), [&] { return events_.size() <= most; }));
  }
  bool ever_held() const {
    const std::lock_guard lock(mutex_);
    return ever_held_;
  }
  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return sent_.size();
  }

  // ---- the session's side

  Sent try_send(PeerId peer, Buffer& message, std::uint64_t* number,
                transport::Urgency urgency) override {
    if (on_send_) on_send_();
    const std::lock_guard lock(mutex_);
    if (gone_ || closed_ || gone_peers_.count(peer) != 0) return Sent::gone;
    if (full_) return Sent::full;
    Message sent;
    sent.peer = peer;
    sent.value = decode_value(Bytes(message.view())).value();
    held_.push_back(std::move(sent));
    message.clear();
    const std::uint64_t count = ++numbers_[peer];
    if (number != nullptr) *number = count;
    if (urgency == transport::Urgency::now) release_locked();
    ever_held_ = ever_held_ || !held_.empty();
    return Sent::taken;
  }
  void release() override {
    const std::lock_guard lock(mutex_);
    release_locked();
  }
  Received try_receive(Event& into) override {
    const std::lock_guard lock(mutex_);
    if (events_.empty()) {
      if (!closed_ && !receiving_ended_) return Received::timeout;
      into = Event{};
      return Received::event;
    }
    into = std::move(events_.front());
    events_.pop_front();
    if (std::exchange(out_of_memory_, false)) throw std::bad_alloc();
    into.more = std::any_of(events_.begin(), events_.end(), [&](const Event& event) {
      return event.kind == Event::Kind::message && event.peer == into.peer;
    });
    taken_.notify_all();
    if (events_.empty() && !closed_ && !receiving_ended_) arrived_.clear();
    return Received::event;
  }
  Received receive(Event& into, transport::Deadline deadline, int wake) override {
    const int descriptors[] = {arrived_.get(), wake};
    for (;;) {
      if (try_receive(into) == Received::event) return Received::event;
      release();
      count_reader(+1);
      const unsigned ready = transport::wait_readable(descriptors, 2, deadline);
      count_reader(-1);
      if ((ready & 2u) != 0) return Received::woken;
      if (ready == 0) return Received::timeout;
    }
  }
  bool buffered() const noexcept override {
    const std::lock_guard lock(mutex_);
    return !events_.empty();
  }
  int descriptor() const noexcept override { return arrived_.get(); }
  int flush_descriptor() const noexcept override { return transport::kNoDescriptor; }
  bool flush() override { return false; }
  void stop_receiving() noexcept override {
    const std::lock_guard lock(mutex_);
    receiving_ended_ = true;
    arrived_.set();
  }
  void disconnect(PeerId peer) noexcept override { lose(0, peer); }
  bool finish(transport::Deadline) override {
    shutdown();
    return true;
  }
  void shutdown() noexcept override {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    arrived_.set();
  }

 private:
  void push(Event event) {
    const std::lock_guard lock(mutex_);
    push_locked(std::move(event));
  }
  void count_reader(int more) {
    const std::lock_guard lock(mutex_);
    readers_ += more;
    reader_waits_.notify_all();
  }
  void release_locked() {
    for (Message& message : held_) sent_.push_back(std::move(message));
    held_.clear();
    sent_something_.notify_all();
  }
  void push_locked(Event event) {
    events_.push_back(std::move(event));
    arrived_.set();
  }

  std::function<void()> on_send_;
  bool out_of_memory_ = false;
  transport::EventFd arrived_;
  mutable std::mutex mutex_;
  std::condition_variable sent_something_;
  std::condition_variable reader_waits_;
  std::condition_variable taken_;
  int readers_ = 0;
  bool ever_held_ = false;
  std::deque<Event> events_;
  std::deque<Message> sent_;
  std::deque<Message> held_;  ///< sent, but held back until something takes them along
  std::map<PeerId, std::uint64_t> numbers_;
  bool full_ = false;
  bool receiving_ended_ = false;
  bool gone_ = false;
  std::set<PeerId> gone_peers_;
  bool closed_ = false;
};

inline Value message_of(std::string_view type, std::string_view id, Value::Map more = {}) {
  Value::Map fields{{"app", "comlink_ipc_v3"}, {"id", id}, {"type", type}, {"timestamp", 1.5}};
  for (auto& entry : more) fields.push_back(std::move(entry));
  return Value(std::move(fields));
}

}  // namespace multifrost::session
