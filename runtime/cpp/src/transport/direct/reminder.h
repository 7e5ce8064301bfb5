// Says once, after a while, that memory of a transport's connections can be looked through.
//
// Whoever keeps a block asks for it; only the first who asks since the last time pays a system
// call, and where nothing is kept nobody is ever woken. Any thread; nothing blocks.
#pragma once

#include <atomic>
#include <chrono>

#include "transport/timer_fd.h"

namespace multifrost::transport::direct {

class Reminder {
 public:
  /// So long after the first who asked.
  static constexpr std::chrono::milliseconds kAfter{1000};

  void ask() noexcept {
    if (!asked_.exchange(true, std::memory_order_acq_rel)) timer_.arm(kAfter);
  }
  /// Readable when the time has come.
  int descriptor() const noexcept { return timer_.get(); }
  /// Before looking: whoever asks from here on is reminded again, and what those have kept who
  /// asked before is seen (hence an exchange, and no store).
  void begin_look() noexcept {
    timer_.clear();
    asked_.exchange(false, std::memory_order_acq_rel);
  }

 private:
  TimerFd timer_;
  std::atomic<bool> asked_{false};
};

}  // namespace multifrost::transport::direct
