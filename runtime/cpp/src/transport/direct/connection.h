// One connection: its socket, its handshake, its messages in both directions.
//
// Thread rule: the transport's reader alone calls what stands under "the reader"; the rest may come
// from any thread. The socket is closed by whoever holds the connection last, so that a thread that
// is just writing never meets somebody else's descriptor.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "transport/direct/block_pool.h"
#include "transport/direct/handshake.h"
#include "transport/direct/message_reader.h"
#include "transport/direct/reminder.h"
#include "transport/direct/socket.h"
#include "transport/direct/transfer.h"
#include "transport/direct/writer.h"
#include "transport/event_fd.h"
#include "transport/poller.h"
#include "transport/transport.h"

namespace multifrost::transport::direct {

/// What the connections of one transport share.
struct Switchboard {
  std::atomic<bool> receives{true};    ///< false after stop_receiving()
  Poller reads;                        ///< sockets that may be read, listeners, timers
  Poller writes;                       ///< sockets with bytes waiting
  std::atomic<unsigned> blocked{0};    ///< how many stand in `writes`
  std::atomic<bool> attention{false};  ///< a connection's out-queue has changed: the reader looks
  EventFd attention_event;             ///< the same, to sleep on
  Reminder reminder;                   ///< stands in `writes`: old blocks are to be dropped

  void call_reader() noexcept {
    attention.store(true, std::memory_order_release);
    attention_event.set();
  }
};

class Connection final : private WriterWatcher {
 public:
  enum class State : std::uint8_t { connecting, handshake, open, ended };
  enum class Input : std::uint8_t { bytes, nothing, ended };

  struct Setup {
    PeerId id;
    Role role;
    Endpoint::Kind via;
    std::string identity;  ///< what we call ourselves
    Limits limits;
  };
  /// `pending`: connect() has not answered yet.
  Connection(Setup setup, UniqueFd socket, bool pending, Switchboard& board);
  ~Connection() override;

  PeerId id() const noexcept { return setup_.id; }
  Endpoint::Kind via() const noexcept { return setup_.via; }
  int socket() const noexcept { return socket_.get(); }
  bool is_open() const noexcept { return state_.load(std::memory_order_acquire) == State::open; }

  Writer& writer() noexcept { return writer_; }
  /// Drops memory for large payloads that has not been used for a while. Any thread.
  void age(std::chrono::steady_clock::time_point now) noexcept { blocks_.age(now); }
  /// Drops all of it, and keeps none from now on. Any thread.
  void keep_nothing() noexcept { blocks_.close(); }
  std::size_t kept_bytes() const noexcept { return blocks_.kept_bytes(); }
  /// True for the first of the messages held back since release().
  bool begins_to_hold() noexcept {
    return !holds_.load(std::memory_order_relaxed) &&
           !holds_.exchange(true, std::memory_order_acq_rel);
  }
  void release() {
    holds_.store(false, std::memory_order_release);
    writer_.release();
  }
  /// Whatever becomes of this end, everything that was sent can reach the peer.
  bool all_sent() const { return writer_.idle() && unsent_bytes(socket_.get()) == 0; }
  /// Ends it; the reader then finds the end of file.
  void disconnect(const char* reason) noexcept;
  /// Not to be read now: its out-queue is over the limit (R3). Only a worker's connection pauses.
  bool paused() const noexcept { return paused_.load(std::memory_order_acquire); }

  // ---- the reader

  State state() const noexcept { return state_.load(std::memory_order_relaxed); }
  /// Goes on with connecting and the handshake as far as it can. Done: the state stays `handshake`
  /// and handshake_done() says so, until open() or the end.
  void proceed();
  bool handshake_done() const noexcept { return handshake_.state() == Handshake::State::done; }
  const std::string& peer_identity() const noexcept { return handshake_.peer_identity(); }
  void open() noexcept {
    was_open_ = true;
    state_.store(State::open, std::memory_order_release);
  }
  bool was_open() const noexcept { return was_open_; }
  std::chrono::steady_clock::time_point handshake_deadline{};

  /// Whether board.reads tells of it. It need not while the reader sleeps in receive_waiting(), and
  /// that saves the system work for each message.
  void watch(bool on) noexcept;

  /// Receives once; `wait`: sleeps until something comes or `left` (or a second) has passed.
  Input receive_now() { return take(direct::receive_now(socket_.get(), next_room())); }
  Input receive_waiting(std::chrono::nanoseconds left) {
    timeout_.set(socket_.get(), left);
    return take(direct::receive_waiting(socket_.get(), next_room()));
  }
  /// Wakes receive_waiting(); what has arrived can still be received.
  void stop_receiving() noexcept;
  /// The last receive left the socket empty, as far as one can know.
  bool drained() const noexcept { return drained_; }
  /// A whole message is there, perhaps the last one before the end.
  bool has_message() { return ready_ || (!input_.used_up() && find_message()); }
  /// Into `into`, which is empty.
  void take_message(Bytes& into) noexcept {
    ready_ = false;
    input_.take_message(into);
  }
  /// True once after the out-queue has drained from over its limit.
  bool take_relieved() noexcept { return relieved_.exchange(false, std::memory_order_acq_rel); }

  /// True once after there is room for spare messages again.
  bool take_spare_room() noexcept { return spare_room_.exchange(false, std::memory_order_acq_rel); }

  /// No more sending; leaves the pollers. Returns the number of the last message written whole.
  std::uint64_t end();
  /// ended: why.
  const std::string& reason() const noexcept { return reason_; }

  bool in_turn = false;  ///< stands in the reader's list of those to look at

 private:
  bool find_message();
  std::span<char> next_room() {
    const auto room = input_.room();
    room_ = room.size();
    return room;
  }
  Input take(std::int64_t received) {
    drained_ = received < static_cast<std::int64_t>(room_);
    if (received <= 0) return take_none(received);
    input_.received(static_cast<std::size_t>(received));
    return Input::bytes;
  }
  Input take_none(std::int64_t received);
  Input fail(std::string reason);
  bool malformed(std::string reason);
  bool handle_command(std::string_view bytes);
  void begin_handshake();

  void wait_for_room(bool on) noexcept override;
  void over_limit(bool on) noexcept override;
  void spare_room() noexcept override;

  const Setup setup_;
  const UniqueFd socket_;
  Switchboard& board_;
  std::atomic<State> state_;
  std::mutex watching_;  ///< `watched_` and what board_.reads knows
  bool watched_ = false;
  std::atomic<bool> paused_{false};
  std::atomic<bool> holds_{false};
  std::atomic<bool> relieved_{false};
  std::atomic<bool> spare_room_{false};
  std::atomic<const char*> disconnect_reason_{nullptr};

  Handshake handshake_;
  BlockPool blocks_;
  MessageReader input_;
  std::size_t room_ = 0;
  bool drained_ = true;
  bool ready_ = false;      ///< input_ holds a whole message
  bool malformed_ = false;  ///< nothing more can be read from input_
  bool was_open_ = false;
  ReceiveTimeout timeout_;
  std::string reason_;
  Writer writer_;
};

}  // namespace multifrost::transport::direct
