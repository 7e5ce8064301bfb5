// Waits for many descriptors at once (epoll, level-triggered).
//
// Any thread may add, change and remove; one thread waits. Throws std::system_error only when it is
// made.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "process/unique_fd.h"

namespace multifrost::transport {

class Poller {
 public:
  enum class Interest : std::uint8_t { readable, writable };

  Poller();

  /// Itself readable while one of the watched descriptors is.
  int descriptor() const noexcept { return epoll_.get(); }

  /// `data` comes back from wait() while `descriptor` is readable (writable) or hung up. False: it
  /// cannot be watched.
  bool add(int descriptor, std::uint64_t data, Interest interest = Interest::readable) noexcept;
  /// Off: stays added, reports nothing.
  void set(int descriptor, std::uint64_t data, bool on) noexcept;
  void remove(int descriptor) noexcept;

  /// Fills `ready` and returns how many; 0: the deadline has passed.
  std::size_t wait(std::span<std::uint64_t> ready,
                   std::chrono::steady_clock::time_point deadline) noexcept;

 private:
  process::UniqueFd epoll_;
};

}  // namespace multifrost::transport
