// What a caller is told when no reply came: what is known of the worker, and what usually is the
// cause.
//
// Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace multifrost::session {

struct TimeoutFacts {
  std::string_view label;  ///< "Vision.detect"
  std::chrono::nanoseconds timeout{0};
  bool sent = false;  ///< false: it waited for a connection all the time
  std::optional<std::chrono::nanoseconds> heartbeat_age;  ///< since the last echo
  int heartbeat_misses = 0;
  bool any_answer = false;  ///< has this worker ever answered a call?
  std::string_view name_space;
  std::string_view last_errors;  ///< the end of its stderr
};

std::string timeout_text(const TimeoutFacts& facts);

/// "5 s", "250 ms", "12.5 s": for people.
std::string duration_text(std::chrono::nanoseconds time);

}  // namespace multifrost::session
