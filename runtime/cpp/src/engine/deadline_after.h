// When a time that a user has given is over. However long it is, the clock does not overflow: then
// the deadline is time_point::max(), which is never due.
#pragma once

#include <chrono>

namespace multifrost::engine {

constexpr std::chrono::steady_clock::time_point deadline_after(
    std::chrono::steady_clock::time_point now, std::chrono::nanoseconds time) noexcept {
  constexpr auto kNever = std::chrono::steady_clock::time_point::max();
  return time < kNever - now ? now + time : kNever;
}

}  // namespace multifrost::engine
