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
  void open(Entry& entry);
  void sent(Entry& entry, std::uint64_t epoch);
  /// The transport refused it after all.
  void unsent(Entry& entry);

  /// The call that an answer belongs to; none: late or duplicate.
  Entry* find(const CallId& id, std::uint64_t epoch);
  /// Ends the call. False: it had ended before, nothing happens. `written`: for connection_lost,
  /// the number of the last message that left whole.
  bool end(Entry& entry, Ending by, Verdict& verdict, std::uint64_t written = 0);
  bool is_open(const Entry& entry) const noexcept { return entry.state != Entry::State::closed; }
  bool is_sent(const Entry& entry) const noexcept { return entry.state == Entry::State::sent; }

  /// Any open call, for ending all of them one after another; with an epoch only calls sent on it.
  Entry* any() const noexcept;
  Entry* any_sent_on(std::uint64_t epoch) const noexcept;

  std::size_t size() const noexcept { return size_; }
  std::uint64_t late() const noexcept { return late_; }

 private:
  std::size_t bucket_of(const CallId& id) const noexcept { return id.low & (buckets_.size() - 1); }
  void link(Entry& entry);
  void unlink(Entry& entry);
  void grow();

  std::vector<Entry*> buckets_;
  std::size_t size_ = 0;
  std::uint64_t late_ = 0;
};

}  // namespace multifrost::engine
