// What a thread sleeps on until another one rings.
//
// A condition variable makes whoever is woken ask for the lock again, often before the waker has
// given it back: two more system calls, and a change of threads for nothing. Here ringing is a
// store under the lock, waking comes after the lock, and a ring can say that there is nothing left
// to look at under it.
//
// One thread sleeps at a time; any thread rings. The sleeper may go, and the bell with it, as soon
// as it has rung: waking needs no more than the bell's former address.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace multifrost::session {

class Doorbell {
 public:
  using Time = std::chrono::steady_clock::time_point;

  enum class Ring : std::uint32_t {
    none,  ///< it has not rung
    look,  ///< something has changed
    over   ///< what the thread waits for has ended, and there is nothing else to do for it
  };
  /// Where wake() finds the sleeper.
  using Address = const void*;

  /// Must be followed by wake(), after the lock.
  Address ring(Ring what) noexcept {
    word_.store(static_cast<std::uint32_t>(what), std::memory_order_release);
    return &word_;
  }
  /// One system call; does nothing if nobody sleeps there any more.
  static void wake(Address address) noexcept;

  /// Sleeps until it rings or has rung since the last time. `none`: not by `until`
  /// (time_point::max(): no limit).
  Ring wait(Time until) noexcept;

 private:
  std::atomic<std::uint32_t> word_{0};
};

}  // namespace multifrost::session
