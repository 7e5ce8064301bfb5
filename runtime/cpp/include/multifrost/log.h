// What the runtime has to tell: structured records to a sink that the program sets in
// RuntimeOptions. Nothing is printed by the library itself; docs/logging.md lists the events.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "multifrost/chrono.h"

namespace multifrost {

enum class LogLevel : std::uint8_t {
  debug,
  info,
  warning,
  error,
  off,  ///< as RuntimeOptions::log_level: nothing is recorded
};

/// "debug", "info", "warning", "error", "off".
std::string_view name_of(LogLevel level) noexcept;

/// The views live as long as the call of write().
struct LogRecord {
  LogLevel level;
  std::string_view event;          ///< stable name, "late_answer", "worker_ready", …
  std::string_view message;        ///< for people
  std::string_view worker;         ///< script or service; empty: the event is nobody's
  std::string_view call_id = {};   ///< correlation id, may be empty
  std::string_view trace_id = {};  ///< of the W3C trace that the call belongs to, may be empty
  std::chrono::system_clock::time_point time = std::chrono::system_clock::now();
};

/// Thread rule: called from any thread, several at once; never under a lock of the runtime.
/// Blocking rule: must not block, since a reader of answers may be waiting: hand slow work on. It
/// may ask workers about their state and call them asynchronously, but not start or close them.
/// Failures: what it throws is swallowed.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void write(const LogRecord& record) = 0;
};

/// One JSON object on one line, without the line's end: `time` (RFC 3339, UTC), `level`, `event`,
/// `message`, `worker`, `call_id`, `trace_id`; the last three only where they are not empty. Bytes
/// that are not UTF-8 become U+FFFD.
std::string to_json(const LogRecord& record);

}  // namespace multifrost
