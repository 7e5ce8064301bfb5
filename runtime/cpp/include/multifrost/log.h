// What the runtime has to tell: structured records to a sink that the program sets. Nothing is
// printed by the library itself (idl.md, "What a C++ user writes").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace multifrost {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

struct LogRecord {
  LogLevel level;
  std::string_view event;    ///< stable name, "late_answer", "handler_exception", …
  std::string_view message;  ///< for people
  std::string_view worker;   ///< script or service, may be empty
  std::string_view call_id;  ///< correlation id, may be empty
};

/// Called from any thread; must not block.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void write(const LogRecord& record) = 0;
};

/// One JSON object, for sinks that write JSON lines.
std::string to_json(const LogRecord& record);

}  // namespace multifrost
