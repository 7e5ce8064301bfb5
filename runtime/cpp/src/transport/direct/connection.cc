// The life of a connection, as the reader drives it.
#include "transport/direct/connection.h"

#include <sys/socket.h>

#include <cerrno>

#include "transport/direct/command.h"

namespace multifrost::transport::direct {

Connection::Connection(Setup setup, UniqueFd socket, bool pending, Switchboard& board)
    : setup_(std::move(setup)),
      socket_(std::move(socket)),
      board_(board),
      state_(pending ? State::connecting : State::handshake),
      handshake_(setup_.role, setup_.identity),
      blocks_(&board_.reminder),
      input_(setup_.limits.message, blocks_),
      writer_(socket_.get(), setup_.limits.out_queue, setup_.role == Role::parent, blocks_, *this) {
  if (pending) {
    board_.reads.add(socket_.get(), static_cast<std::uint64_t>(id()), Poller::Interest::writable);
  } else {
    begin_handshake();
  }
}

Connection::~Connection() = default;

void Connection::begin_handshake() {
  state_.store(State::handshake, std::memory_order_release);
  watch(true);
  writer_.send_raw(handshake_.output());
}

void Connection::disconnect(const char* reason) noexcept {
  disconnect_reason_.store(reason, std::memory_order_release);
  ::shutdown(socket_.get(), SHUT_RDWR);
}

void Connection::proceed() {
  if (state() == State::connecting) {
    const int error = finish_connect(socket_.get());
    if (error != 0) {
      fail(error_text(error));
      return;
    }
    board_.reads.remove(socket_.get());
    begin_handshake();
    return;
  }
  if (state() != State::handshake) return;
  while (receive_now() == Input::bytes) {
    input_.consume(handshake_.feed(input_.unread()));
    if (handshake_.state() == Handshake::State::failed) {
      fail(handshake_.reason());
      return;
    }
    if (handshake_done()) return;
  }
  if (state() == State::ended) reason_ = handshake_.broken_off(reason_);
}

void Connection::watch(bool on) noexcept {
  const std::lock_guard lock(watching_);
  if (on == watched_) return;
  watched_ = on;
  if (!on) return board_.reads.remove(socket_.get());
  board_.reads.add(socket_.get(), static_cast<std::uint64_t>(id()));
  if (paused()) board_.reads.set(socket_.get(), static_cast<std::uint64_t>(id()), false);
}

void Connection::stop_receiving() noexcept { ::shutdown(socket_.get(), SHUT_RD); }

/// Nothing, the end, or an error.
Connection::Input Connection::take_none(std::int64_t received) {
  if (received == -EAGAIN || received == -EWOULDBLOCK) return Input::nothing;
  if (received == 0 && !board_.receives) return Input::nothing;
  if (const char* reason = disconnect_reason_.load(std::memory_order_acquire)) return fail(reason);
  if (received < 0) return fail(error_text(static_cast<int>(-received)));
  return fail(input_.within_message() ? "the peer closed the connection in the middle of a message"
                                      : "the peer closed the connection");
}

Connection::Input Connection::fail(std::string reason) {
  reason_ = std::move(reason);
  state_.store(State::ended, std::memory_order_release);
  return Input::ended;
}

[[gnu::hot]] bool Connection::find_message() {
  while (!ready_ && !malformed_) {
    switch (input_.advance()) {
      case MessageReader::Step::message:
        ready_ = true;
        break;
      case MessageReader::Step::command:
        if (!handle_command(input_.command())) return false;
        break;
      case MessageReader::Step::broken:
        return malformed(input_.fault());
      case MessageReader::Step::more:
        return false;
    }
  }
  return ready_;
}

bool Connection::malformed(std::string reason) {
  malformed_ = true;
  fail(std::move(reason));
  return false;
}

// False: it was the last one.
bool Connection::handle_command(std::string_view bytes) {
  const auto command = read_command(bytes);
  if (!command) return malformed("the peer sent a malformed command");
  if (command->name == "ERROR") {
    return malformed("the peer ended the connection: " + std::string(read_error(command->body)));
  }
  if (command->name == "PING") {
    if (const auto pong = pong_frame(command->body)) writer_.send_raw(*pong);
  }
  return true;  // others are not for us
}

std::uint64_t Connection::end() {
  const std::uint64_t written = writer_.close();
  watch(false);
  // Whoever still holds us keeps the descriptor, but neither the peer nor large memory.
  ::shutdown(socket_.get(), SHUT_RDWR);
  blocks_.close();
  state_.store(State::ended, std::memory_order_release);
  return written;
}

void Connection::wait_for_room(bool on) noexcept {
  if (on) {
    ++board_.blocked;
    board_.writes.add(socket_.get(), static_cast<std::uint64_t>(id()), Poller::Interest::writable);
    board_.call_reader();  // who sleeps without an eye on `writes` must open it
  } else {
    board_.writes.remove(socket_.get());
    --board_.blocked;
  }
}

void Connection::over_limit(bool on) noexcept {
  if (setup_.role == Role::worker) {
    const std::lock_guard lock(watching_);
    paused_.store(on, std::memory_order_release);
    if (watched_) board_.reads.set(socket_.get(), static_cast<std::uint64_t>(id()), !on);
  }
  if (on) return;
  relieved_.store(true, std::memory_order_release);
  board_.call_reader();
}

void Connection::spare_room() noexcept {
  spare_room_.store(true, std::memory_order_release);
  board_.call_reader();
}

}  // namespace multifrost::transport::direct
