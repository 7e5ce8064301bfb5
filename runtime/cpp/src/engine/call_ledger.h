// Every call that has begun and not ended (R4): each ends exactly once, with a verdict on its
// execution.
//
//   ended by \ state      | queued       | sent, left whole | sent, not left whole
//   ----------------------+--------------+------------------+---------------------
//   answer                | (impossible) | executed         | executed
//   deadline, cancel      | not executed | unknown          | unknown
//   connection lost       | not executed | unknown          | not executed
//   worker exit, close    | not executed | unknown          | unknown
//
// "Left whole": the transport handed the whole message to the system before the connection was
// lost. An answer for a call that is not here, or that came on another connection than the call
// went out on, only raises `late`. Pure; one thread at a time. Once warm, opening and ending a call
// allocates nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/call_id.h"

namespace multifrost::engine {

enum class Ending : std::uint8_t { answer, deadline, cancel, connection_lost, worker_exit, close };
enum class Verdict : std::uint8_t { not_executed, executed, unknown };

class CallLedger {
 public:
  /// What the ledger knows of a call, embedded in the caller's own record of it.
  struct Entry {
    CallId id;
    std::uint64_t epoch = 0;  ///< the connection that it was sent on
    /// Its number there; set by the sending thread once the transport has told, 0 until then.
    std::atomic<std::uint64_t> number{0};

   private:
    friend class CallLedger;
    static constexpr std::size_t kClosed = static_cast<std::size_t>(-1);
    enum class State : std::uint8_t { closed, queued, sent } state = State::closed;
    std::size_t bucket = kClosed;
    Entry* next = nullptr;
    Entry* previous = nullptr;
  };

  CallLedger() : buckets_(64, nullptr) {}

  /// Queued from now on. The entry stays where it is until the call has ended.
  void open(Entry& entry) {
    if (size_ >= buckets_.size()) grow();
    entry.state = Entry::State::queued;
    entry.epoch = 0;
    entry.number.store(0, std::memory_order_relaxed);
    link(entry);
    ++size_;
  }
  void sent(Entry& entry, std::uint64_t epoch) noexcept {
    entry.state = Entry::State::sent;
    entry.epoch = epoch;
  }
  /// The transport refused it after all.
  void unsent(Entry& entry) noexcept {
    entry.state = Entry::State::queued;
    entry.epoch = 0;
  }

  /// The call that an answer belongs to; none: late or duplicate.
  Entry* find(const CallId& id, std::uint64_t epoch) noexcept {
    for (Entry* entry = buckets_[bucket_of(id)]; entry != nullptr; entry = entry->next) {
      if (entry->id == id && entry->state == Entry::State::sent && entry->epoch == epoch)
        return entry;
    }
    ++late_;
    return nullptr;
  }
  /// Ends the call. False: it had ended before, nothing happens. `written`: for connection_lost,
  /// the number of the last message that left whole.
  bool end(Entry& entry, Ending by, Verdict& verdict, std::uint64_t written = 0) noexcept {
    if (entry.state == Entry::State::closed) return false;
    verdict = by == Ending::answer ? Verdict::executed : verdict_of(entry, by, written);
    unlink(entry);
    entry.state = Entry::State::closed;
    --size_;
    return true;
  }
  bool is_open(const Entry& entry) const noexcept { return entry.state != Entry::State::closed; }
  bool is_sent(const Entry& entry) const noexcept { return entry.state == Entry::State::sent; }

  /// Any open call, for ending all of them one after another; with an epoch only calls sent on it.
  Entry* any() const noexcept;
  Entry* any_sent_on(std::uint64_t epoch) const noexcept;

  std::size_t size() const noexcept { return size_; }
  std::uint64_t late() const noexcept { return late_; }

 private:
  std::size_t bucket_of(const CallId& id) const noexcept { return id.low & (buckets_.size() - 1); }
  void link(Entry& entry) noexcept {
    entry.bucket = bucket_of(entry.id);
    Entry*& head = buckets_[entry.bucket];
    entry.previous = nullptr;
    entry.next = head;
    if (head != nullptr) head->previous = &entry;
    head = &entry;
  }
  void unlink(Entry& entry) noexcept {
    (entry.previous != nullptr ? entry.previous->next : buckets_[entry.bucket]) = entry.next;
    if (entry.next != nullptr) entry.next->previous = entry.previous;
    entry.next = entry.previous = nullptr;
    entry.bucket = Entry::kClosed;
  }
  static Verdict verdict_of(const Entry& entry, Ending by, std::uint64_t written) noexcept;
  void grow();

  std::vector<Entry*> buckets_;
  std::size_t size_ = 0;
  std::uint64_t late_ = 0;
};

}  // namespace multifrost::engine
