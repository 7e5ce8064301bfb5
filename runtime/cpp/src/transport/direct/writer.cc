// One writes, the others leave their messages.
#include "transport/direct/writer.h"

#include <array>
#include <cerrno>
#include <new>
#include <utility>

#include "transport/direct/transfer.h"

namespace multifrost::transport::direct {

/// False: there was no memory, and nobody knows how much of a message has been added. Then whoever
/// writes fails, the reader finds the end, and nothing half is ever sent.
template <class Add>
bool Writer::keep(Add add) noexcept {
  try {
    add();
    return true;
  } catch (const std::bad_alloc&) {
    ::shutdown(socket_, SHUT_RDWR);
    return false;
  }
}

[[gnu::hot]] Sent Writer::send(Buffer& message, std::uint64_t* number, Urgency urgency, Loan loan) {
  const MessageHead head(message.size());
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  const std::uint64_t begun = (word & ~kHeld) + kMessage + kWriting;
  if ((word & (kWriting | kLook)) != 0 || (urgency == Urgency::spare && (word & kHeld) != 0) ||
      !word_.compare_exchange_strong(word, begun, std::memory_order_acquire,
                                     std::memory_order_relaxed)) {
    return send_locked(head.view(), message, number, urgency, loan);
  }
  if (number != nullptr) *number = begun / kMessage;
  const std::size_t size = head.size() + message.size();
  const bool may_wait = urgency == Urgency::held && size < kEnough;
  if (!may_wait && (word & kHeld) == 0) return write_alone(begun, head, message, loan);
  const bool kept = keep([&] { active_.add_message(head.view(), message, loan == Loan::kept); });
  if (!kept) {
    Lock lock(mutex_);
    end_connection();
    return Sent::gone;
  }
  const std::size_t held = active_bytes_.load(std::memory_order_relaxed) + size;
  active_bytes_.store(held, std::memory_order_relaxed);
  if (may_wait && held < kEnough) {
    hold(begun);
  } else {
    write_held(begun);
  }
  return Sent::taken;
}

/// What was added waits for more.
[[gnu::hot]] inline void Writer::hold(std::uint64_t word) {
  if (word_.compare_exchange_strong(word, word - kWriting + kHeld, std::memory_order_release,
                                    std::memory_order_relaxed)) {
    return;
  }
  Lock lock(mutex_);
  write_queue(lock);
}

/// What was held leaves, and usually the system takes all of it.
[[gnu::hot]] void Writer::write_held(std::uint64_t word) {
  std::array<iovec, 64> parts;
  const int count = active_.gather(parts);
  remove_written(write(std::span(parts).first(static_cast<std::size_t>(count))).bytes);
  if (active_.empty() &&
      word_.compare_exchange_strong(word, word - kWriting, std::memory_order_release,
                                    std::memory_order_relaxed)) {
    return;
  }
  Lock lock(mutex_);
  write_queue(lock);
}

/// By whoever writes: so many bytes of `active_` have left.
void Writer::remove_written(std::size_t bytes) noexcept {
  const std::uint64_t messages = active_.remove(bytes);
  active_bytes_.store(active_bytes_.load(std::memory_order_relaxed) - bytes,
                      std::memory_order_relaxed);
  written_.store(written_.load(std::memory_order_relaxed) + messages, std::memory_order_release);
}

// The usual case: nobody else writes, nothing waits, the system takes everything.
[[gnu::hot, gnu::always_inline]] inline Sent Writer::write_alone(std::uint64_t word,
                                                                 const MessageHead& head,
                                                                 Buffer& message, Loan loan) {
  const std::size_t size = head.size() + message.size();
  const Written written = write_message(head, message);
  if (written.bytes == size) {
    message.clear();
    written_.store(word / kMessage, std::memory_order_release);
    if (word_.compare_exchange_strong(word, word - kWriting, std::memory_order_release,
                                      std::memory_order_relaxed)) {
      return Sent::taken;
    }
  }
  Lock lock(mutex_);
  if (written.state == Written::State::broken) {
    message.clear();
    break_off();
  } else if (written.bytes != size) {
    const bool kept =
        keep([&] { active_.add_rest(head.view(), message, written.bytes, loan == Loan::kept); });
    if (!kept) {
      end_connection();
      return Sent::gone;
    }
    active_bytes_.store(size - written.bytes, std::memory_order_relaxed);
  }
  write_queue(lock);
  return Sent::taken;
}

[[gnu::hot]] Sent Writer::send_locked(std::string_view head, Buffer& message, std::uint64_t* number,
                                      Urgency urgency, Loan loan) {
  const std::size_t size = head.size() + message.size();
  Lock lock(mutex_);
  if (broken_) return Sent::gone;
  // From here on whoever writes will look, also at what is set below, and nobody else can begin.
  word_.fetch_or(kLook, std::memory_order_acq_rel);
  const std::size_t waiting = pending();
  if (urgency == Urgency::spare && waiting != 0 && waiting + size > limit_ / 2) {
    wants_spare_ = true;
    return Sent::full;
  }
  if (waiting != 0 && waiting + size > limit_) {
    if (!over_) watcher_.over_limit(over_ = true);
    if (refuses_) return Sent::full;
  }
  const std::uint64_t before = word_.fetch_add(kMessage, std::memory_order_relaxed);
  if (number != nullptr) *number = before / kMessage + 1;
  if (!keep([&] { queued_.add_message(head, message, loan == Loan::kept); })) {
    if (begin_writing()) end_connection();
    return Sent::gone;
  }
  queued_bytes_ += size;
  const bool may_wait = urgency == Urgency::held && waiting + size < kEnough;
  if (!may_wait && !blocked_ && begin_writing()) write_queue(lock);
  return Sent::taken;
}

// Changes the word whatever it says: who holds a message back meanwhile learns of it thereby.
void Writer::release() {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  if ((word & kFlags) == kHeld &&
      word_.compare_exchange_strong(word, word - kHeld + kWriting, std::memory_order_acq_rel,
                                    std::memory_order_relaxed)) {
    return write_held(word - kHeld + kWriting);
  }
  Lock lock(mutex_);
  if (!blocked_ && begin_writing()) write_queue(lock);
}

void Writer::send_raw(std::string_view frame) {
  Lock lock(mutex_);
  if (broken_ || pending() > limit_) return;
  if (!keep([&] { queued_.add_raw(frame); })) {
    if (begin_writing()) end_connection();
    return;
  }
  queued_bytes_ += frame.size();
  if (!blocked_ && begin_writing()) write_queue(lock);
}

void Writer::flush() {
  Lock lock(mutex_);
  if (blocked_ && begin_writing()) write_queue(lock);
}

bool Writer::idle() const {
  const std::lock_guard lock(mutex_);
  return pending() == 0 && !is_writing();
}

void Writer::end_loan(std::uint64_t number) {
  if (written_.load(std::memory_order_acquire) >= number) return;
  Lock lock(mutex_);
  wait_for_writing(lock);
  const bool kept = keep([&] {
    active_.own();
    queued_.own();
  });
  if (!kept) break_off();
  settle();
}

/// Under the lock, by whoever writes.
void Writer::end_connection() noexcept {
  break_off();
  end_writing(false);
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
  const auto wanted = [](std::uint64_t now) {
    return (now & kWriting) != 0 ? now | kLook : (now & ~kHeld) | kWriting;
  };
  while (!word_.compare_exchange_weak(word, wanted(word), std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
  }
  return (word & kWriting) == 0;
}

/// Under the lock, by whoever writes or while nobody does: nobody writes from now on.
void Writer::settle() noexcept {
  const bool look =
      broken_ || blocked_ || over_ || wants_spare_ || waiting_ != 0 || !queued_.empty();
  std::uint64_t word = word_.load(std::memory_order_relaxed) & ~kFlags;
  if (look) {
    word |= kLook;
  } else if (!active_.empty()) {
    word |= kHeld;
  }
  word_.store(word, std::memory_order_release);
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
    if (active_.empty()) {
      std::swap(active_, queued_);
      active_bytes_.store(std::exchange(queued_bytes_, 0), std::memory_order_relaxed);
    }
    if (active_.empty()) break;
    lock.unlock();
    std::array<iovec, 64> parts;
    const int count = active_.gather(parts);
    const Written written = write(std::span(parts).first(static_cast<std::size_t>(count)));
    remove_written(written.bytes);
    lock.lock();
    full = written.state == Written::State::full;
    if (written.state == Written::State::broken) break_off();
  }
  end_writing(full);
}

[[gnu::hot, gnu::always_inline]] inline Writer::Written Writer::write_message(
    const MessageHead& head, Buffer& message) const noexcept {
  // For the system one piece costs less than two.
  if (char* const room = message.head_room()) {
    head.put_at_end_of(room);
    const char* const begin = room + Buffer::kHeadRoom - head.size();
    return outcome_of(send_now(socket_, std::string_view(begin, head.size() + message.size())));
  }
  const std::string_view view = head.view();
  std::array<iovec, 16> parts{{{const_cast<char*>(view.data()), view.size()}}};
  const int more = gather(message, 0, std::span(parts).subspan(1));
  return write(std::span(parts).first(1 + static_cast<std::size_t>(more)));
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
  if (over_ && pending() <= limit_ / 2) watcher_.over_limit(over_ = false);
  if (wants_spare_ && pending() <= limit_ / 4) {
    wants_spare_ = false;
    watcher_.spare_room();
  }
  settle();
  if (waiting_ != 0) ended_writing_.notify_all();
}

void Writer::break_off() noexcept {
  broken_ = true;
  queued_bytes_ = 0;
  active_bytes_.store(0, std::memory_order_relaxed);
  queued_.drop();
  active_.drop();
  if (blocked_) watcher_.wait_for_room(blocked_ = false);
}

}  // namespace multifrost::transport::direct
