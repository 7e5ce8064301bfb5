// A one-shot timer that threads can sleep on: a timerfd, readable once its time has come.
//
// Any thread may arm and clear it. Nothing blocks.
#pragma once

#include <chrono>

#include "process/unique_fd.h"

namespace multifrost::transport {

class TimerFd {
 public:
  /// Throws std::system_error when the process has no descriptor left.
  TimerFd();

  int get() const noexcept { return fd_.get(); }
  void arm(std::chrono::nanoseconds after) const noexcept;
  /// It will not become readable, and is not if it was.
  void disarm() const noexcept;
  void clear() const noexcept;

 private:
  process::UniqueFd fd_;
};

}  // namespace multifrost::transport
