// One writes, the others leave their messages.
#include "transport/direct/writer.h"

#include <array>
#include <cerrno>
#include <cstring>

#include "transport/direct/frame.h"
#include "transport/direct/socket.h"

namespace multifrost::transport::direct {

[[gnu::hot]] Sent Writer::send(Buffer& message, std::uint64_t* number, Urgency urgency, Loan loan) {
  const MessageHead head(message.size());
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  const bool may_wait = urgency == Urgency::held && message.size() < kEnough;
  if ((word & (kWriting | kLook)) != 0 || may_wait ||
      !word_.compare_exchange_strong(word, word + kMessage + kWriting, std::memory_order_acquire,
                                     std::memory_order_relaxed)) {
    return send_locked(head.view(), message, number, urgency, loan);
  }
  word += kMessage + kWriting;
  if (number != nullptr) *number = word / kMessage;
  write_alone(word, head.view(), message, loan);
  return Sent::taken;
}

// The usual case: nobody else writes, nothing waits, the system takes everything.
[[gnu::hot]] void Writer::write_alone(std::uint64_t word, std::string_view head, Buffer& message,
                                      Loan loan) {
  const std::size_t size = head.size() + message.size();
  const Written written = write_message(head, message);
  if (written.bytes == size) {
    message.clear();
    written_.store(word / kMessage, std::memory_order_release);
    if (word_.compare_exchange_strong(word, word - kWriting, std::memory_order_release,
                                      std::memory_order_relaxed)) {
      return;
    }
  }
  Lock lock(mutex_);
  if (written.state == Written::State::broken) {
    message.clear();
    break_off();
  } else if (written.bytes != size) {
    active_.add_rest(head, message, written.bytes, loan == Loan::kept);
    pending_ += size - written.bytes;
  }
  write_queue(lock);
}

[[gnu::hot]] Sent Writer::send_locked(std::string_view head, Buffer& message, std::uint64_t* number,
                                      Urgency urgency, Loan loan) {
  const std::size_t size = head.size() + message.size();
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
  // From here on whoever writes will look, and nobody else can begin.
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  while (!word_.compare_exchange_weak(word, (word | kLook) + kMessage, std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
  }
  if (number != nullptr) *number = word / kMessage + 1;
  pending_ += size;
  queued_.add_message(head, message, loan == Loan::kept);
  const bool may_wait = urgency == Urgency::held && pending_ < kEnough;
  if (!may_wait && !blocked_ && begin_writing()) write_queue(lock);
  return Sent::taken;
}

void Writer::release() {
  Lock lock(mutex_);
  if (!queued_.empty() && !blocked_ && begin_writing()) write_queue(lock);
}

void Writer::send_raw(std::string_view frame) {
  Lock lock(mutex_);
  if (broken_ || pending_ > limit_) return;
  pending_ += frame.size();
  queued_.add_raw(frame);
  if (!blocked_ && begin_writing()) write_queue(lock);
}

void Writer::flush() {
  Lock lock(mutex_);
  if (blocked_ && begin_writing()) write_queue(lock);
}

bool Writer::idle() const {
  const std::lock_guard lock(mutex_);
  return pending_ == 0 && !is_writing();
}

void Writer::end_loan(std::uint64_t number) {
  if (written_.load(std::memory_order_acquire) >= number) return;
  Lock lock(mutex_);
  wait_for_writing(lock);
  active_.own();
  queued_.own();
  settle();
}

std::uint64_t Writer::close() {
  Lock lock(mutex_);
  wait_for_writing(lock);
  break_off();
  settle();
  return written_.load(std::memory_order_relaxed);
}

/// Under the lock. False: somebody writes, and will look at what there is.
bool Writer::begin_writing() noexcept {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  while (!word_.compare_exchange_weak(word, word | ((word & kWriting) != 0 ? kLook : kWriting),
                                      std::memory_order_acq_rel, std::memory_order_relaxed)) {
  }
  return (word & kWriting) == 0;
}

/// Under the lock, by whoever writes or while nobody does: nobody writes from now on.
void Writer::settle() noexcept {
  const bool look = broken_ || blocked_ || over_ || wants_spare_ || waiting_ != 0 ||
                    !queued_.empty() || !active_.empty();
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  word &= ~(kWriting | kLook);
  word_.store(look ? word | kLook : word, std::memory_order_release);
}

/// Nobody writes afterwards, until the lock is given back or settle().
void Writer::wait_for_writing(Lock& lock) {
  ++waiting_;
  word_.fetch_or(kLook, std::memory_order_acq_rel);
  ended_writing_.wait(lock, [this] { return !is_writing(); });
  --waiting_;
}

/// By whoever writes; gives the writing up.
[[gnu::hot]] void Writer::write_queue(Lock& lock) {
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
    pending_ -= written.bytes;
    written_.fetch_add(messages, std::memory_order_release);
    full = written.state == Written::State::full;
    if (written.state == Written::State::broken) break_off();
  }
  end_writing(full);
}

[[gnu::hot]] Writer::Written Writer::write_message(std::string_view head,
                                                   const Buffer& message) const noexcept {
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

[[gnu::hot]] Writer::Written Writer::outcome_of(std::int64_t sent) noexcept {
  if (sent >= 0) return {Written::State::some, static_cast<std::size_t>(sent)};
  // ENOBUFS: a Unix socket's way of saying "later".
  const bool later = sent == -EAGAIN || sent == -EWOULDBLOCK || sent == -ENOBUFS;
  return {later ? Written::State::full : Written::State::broken, 0};
}

void Writer::end_writing(bool blocked) noexcept {
  if (blocked != blocked_) watcher_.wait_for_room(blocked_ = blocked);
  if (over_ && pending_ <= limit_ / 2) watcher_.over_limit(over_ = false);
  if (wants_spare_ && pending_ <= limit_ / 4) {
    wants_spare_ = false;
    watcher_.spare_room();
  }
  settle();
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
