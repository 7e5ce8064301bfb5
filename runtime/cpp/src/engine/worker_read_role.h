// Who reads a worker's connections (R2): the fixed thread that runs the handlers, or the standby.
//
// The fixed thread reads, marks itself busy, runs the handler and takes the reading back. Only when
// a handler has run for a whole tick does the standby take over, so that heartbeats, cancel and
// shutdown are answered; it queues calls and gives the reading back when the fixed thread asks.
//
//   state         | fixed thread                           | standby
//   --------------+----------------------------------------+------------------------------------
//   fixed reads   | begin_handler → busy                   | tick: nothing to take
//   busy          | end_handler → fixed reads              | tick (same handler) → standby reads
//   standby reads | end_handler → returning (and wakes it) | reads
//   returning     | waits until taken_back()               | give_back → fixed reads (wakes it)
//
// A handler that waits for an item of its stream ends as far as this table is concerned, so that
// the fixed thread reads, and begins again, as another one, when the item is there.
//
// One atomic word: state in the low bits, above them the number of the handler, so that the standby
// never takes over from a handler that it did not see a tick ago. Each method is one atomic step,
// never blocks.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace multifrost::engine {

class WorkerReadRole {
 public:
  enum class State : std::uint8_t { fixed_reads, busy, standby_reads, returning };

  // ---- the fixed thread

  /// True when the standby's timer is to be armed: nobody has watched since the last idle time.
  bool begin_handler() noexcept {
    const std::uint64_t next = (word_.load(std::memory_order_relaxed) | kFlags) + 1;
    return (word_.exchange(next | kBusy | kTimed, std::memory_order_acq_rel) & kTimed) == 0;
  }
  /// True: reads again. False: the standby reads and must be woken; wait for `taken_back`.
  bool end_handler() noexcept {
    std::uint64_t seen = word_.load(std::memory_order_acquire);
    for (;;) {
      const bool standby = (seen & kState) == kStandbyReads;
      const std::uint64_t wanted = (seen & ~kState) | (standby ? kReturning : kFixedReads);
      if (word_.compare_exchange_weak(seen, wanted, std::memory_order_acq_rel)) return !standby;
    }
  }
  bool taken_back() const noexcept {
    return (word_.load(std::memory_order_acquire) & kState) == kFixedReads;
  }

  // ---- the standby

  /// What to do when the timer fires; `last` is the word that the previous firing saw, 0 at first.
  enum class Tick : std::uint8_t {
    take,   ///< the same handler still runs and this thread reads from now on
    again,  ///< a handler runs or has run since: come back in a tick
    rest,   ///< idle: the next begin_handler() says when to come back
  };
  Tick tick(std::uint64_t& last) noexcept {
    std::uint64_t seen = word_.load(std::memory_order_acquire);
    const std::uint64_t before = std::exchange(last, seen);
    if (seen != before) return Tick::again;
    if ((seen & kState) == kBusy) {
      const std::uint64_t wanted = (seen & ~kState) | kStandbyReads;
      if (!word_.compare_exchange_strong(seen, wanted, std::memory_order_acq_rel))
        return Tick::again;
      last = wanted;
      return Tick::take;
    }
    if (word_.compare_exchange_strong(seen, seen & ~kTimed, std::memory_order_acq_rel)) {
      last = 0;
      return Tick::rest;
    }
    return Tick::again;
  }
  bool asked_back() const noexcept {
    return (word_.load(std::memory_order_acquire) & kState) == kReturning;
  }
  /// Only after asked_back(); then wake the fixed thread.
  void give_back() noexcept { word_.fetch_and(~kState, std::memory_order_acq_rel); }

  State state() const noexcept {
    return static_cast<State>(word_.load(std::memory_order_acquire) & kState);
  }

 private:
  static constexpr std::uint64_t kFixedReads = 0;
  static constexpr std::uint64_t kBusy = 1;
  static constexpr std::uint64_t kStandbyReads = 2;
  static constexpr std::uint64_t kReturning = 3;
  static constexpr std::uint64_t kState = 3;
  static constexpr std::uint64_t kTimed = 4;  ///< the standby's timer is armed
  static constexpr std::uint64_t kFlags = 7;

  std::atomic<std::uint64_t> word_{0};
};

}  // namespace multifrost::engine
