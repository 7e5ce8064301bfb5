// A flag that threads can sleep on: an eventfd that is readable while it is set.
//
// Any thread may set, clear and wait; set() is async-signal-safe. Nothing here blocks but
// wait_readable().
#pragma once

#include <chrono>

#include "process/unique_fd.h"

namespace multifrost::transport {

class EventFd {
 public:
  /// Throws std::system_error when the process has no descriptor left.
  EventFd();

  int get() const noexcept { return fd_.get(); }
  void set() const noexcept;
  void clear() const noexcept;

 private:
  process::UniqueFd fd_;
};

/// Blocks until one of the descriptors (negative ones are left out) is readable or hung up, or
/// until the deadline (time_point::max(): none). Bit n of the result is set for the n-th; 0: the
/// time is up.
unsigned wait_readable(const int* descriptors, unsigned count,
                       std::chrono::steady_clock::time_point deadline) noexcept;

}  // namespace multifrost::transport
