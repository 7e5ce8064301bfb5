// One writes, the others leave their messages.
#include "transport/direct/writer.h"

#include <array>
#include <cerrno>
#include <cstring>

#include "transport/direct/frame.h"
#include "transport/direct/socket.h"

namespace multifrost::transport::direct {

Sent Writer::send(Buffer& message, std::uint64_t* number, Urgency urgency, Loan loan) {
  const MessageHead head(message.size());
  const std::size_t size = head.view().size() + message.size();
  Lock lock(mutex_);
  if (broken_) return Sent::gone;
  if (urgency == Urgency::spare && pending_ != 0 && pending_ + size > limit_ / 2) {
    wants_spare_ = true;
    return Sent::full;
  }
  if (pending_ != 0 && pending_ + size > limit_) {
    if (!over_) watcher_.over_limit(over_ = true);
    if (refuses_) return Sent::full;
  }
  pending_ += size;
  ++accepted_;
  if (number != nullptr) *number = accepted_;
  const bool alone = !writing_ && !blocked_;
  const bool may_wait = urgency == Urgency::held && pending_ < kEnough;
  if (alone && !may_wait && queued_.empty()) {
    write_alone(lock, head.view(), message, loan);
  } else {
    queued_.add_message(head.view(), message, loan == Loan::kept);
    if (alone && !may_wait) write_queue(lock);
  }
  return Sent::taken;
}

void Writer::release() {
  Lock lock(mutex_);
  if (!writing_ && !blocked_ && !queued_.empty()) write_queue(lock);
}

void Writer::send_raw(std::string_view frame) {
  Lock lock(mutex_);
  if (broken_ || pending_ > limit_) return;
  pending_ += frame.size();
  queued_.add_raw(frame);
  if (!writing_ && !blocked_) write_queue(lock);
}

void Writer::flush() {
  Lock lock(mutex_);
  if (blocked_ && !writing_) write_queue(lock);
}

bool Writer::idle() const {
  const std::lock_guard lock(mutex_);
  return pending_ == 0 && !writing_;
}

void Writer::end_loan(std::uint64_t number) {
  Lock lock(mutex_);
  if (written_ >= number) return;
  wait_for_writing(lock);
  active_.own();
  queued_.own();
}

std::uint64_t Writer::close() {
  Lock lock(mutex_);
  wait_for_writing(lock);
  break_off();
  return written_;
}

void Writer::wait_for_writing(Lock& lock) {
  ++waiting_;
  ended_writing_.wait(lock, [this] { return !writing_; });
  --waiting_;
}

// The usual case: nobody else writes, nothing waits, the system takes everything.
void Writer::write_alone(Lock& lock, std::string_view head, Buffer& message, Loan loan) {
  writing_ = true;
  lock.unlock();
  const Written written = write_message(head, message);
  const bool whole = written.bytes == head.size() + message.size();
  if (whole) {
    message.clear();
  } else {
    active_.add_rest(head, message, written.bytes, loan == Loan::kept);
  }
  lock.lock();
  account(written.bytes, whole ? 1 : 0);
  if (written.state == Written::State::broken) {
    break_off();
  } else if (!whole || !queued_.empty()) {
    write_queue(lock);
    return;
  }
  end_writing(false);
}

void Writer::write_queue(Lock& lock) {
  writing_ = true;
  bool full = false;
  while (!full && !broken_) {
    if (active_.empty()) std::swap(active_, queued_);
    if (active_.empty()) break;
    lock.unlock();
    std::array<iovec, 64> parts;
    const int count = active_.gather(parts);
    const Written written = write(std::span(parts).first(static_cast<std::size_t>(count)));
    const std::uint64_t messages = active_.remove(written.bytes);
    lock.lock();
    account(written.bytes, messages);
    full = written.state == Written::State::full;
    if (written.state == Written::State::broken) break_off();
  }
  end_writing(full);
}

Writer::Written Writer::write_message(std::string_view head, const Buffer& message) const noexcept {
  // For the system one small piece costs less than two.
  std::array<char, 1024> joined;
  const std::size_t size = head.size() + message.size();
  if (size > joined.size()) {
    std::array<iovec, 16> parts{{{const_cast<char*>(head.data()), head.size()}}};
    const int more = gather(message, 0, std::span(parts).subspan(1));
    return write(std::span(parts).first(1 + static_cast<std::size_t>(more)));
  }
  std::memcpy(joined.data(), head.data(), head.size());
  std::size_t filled = head.size();
  message.for_each_part([&](std::string_view part) {
    std::memcpy(joined.data() + filled, part.data(), part.size());
    filled += part.size();
  });
  return outcome_of(send_now(socket_, std::string_view(joined.data(), size)));
}

Writer::Written Writer::write(std::span<const iovec> parts) const noexcept {
  return outcome_of(send_now(socket_, parts));
}

Writer::Written Writer::outcome_of(std::int64_t sent) noexcept {
  if (sent >= 0) return {Written::State::some, static_cast<std::size_t>(sent)};
  // ENOBUFS: a Unix socket's way of saying "later".
  const bool later = sent == -EAGAIN || sent == -EWOULDBLOCK || sent == -ENOBUFS;
  return {later ? Written::State::full : Written::State::broken, 0};
}

void Writer::account(std::size_t bytes, std::uint64_t messages) noexcept {
  pending_ -= bytes;
  written_ += messages;
}

void Writer::end_writing(bool blocked) noexcept {
  writing_ = false;
  if (blocked != blocked_) watcher_.wait_for_room(blocked_ = blocked);
  if (over_ && pending_ <= limit_ / 2) watcher_.over_limit(over_ = false);
  if (wants_spare_ && pending_ <= limit_ / 4) {
    wants_spare_ = false;
    watcher_.spare_room();
  }
  if (waiting_ != 0) ended_writing_.notify_all();
}

void Writer::break_off() noexcept {
  broken_ = true;
  pending_ = 0;
  queued_.drop();
  active_.drop();
  if (blocked_) watcher_.wait_for_room(blocked_ = false);
}

}  // namespace multifrost::transport::direct
