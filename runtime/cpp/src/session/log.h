// The program's sink, as the runtime's parts write to it. A level that is not wanted costs one
// comparison.
//
// A copy is cheap; any thread, but never under a lock, since the sink is user code.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "session/log_events.h"

namespace multifrost::session {

class Log {
 public:
  Log() = default;
  Log(std::shared_ptr<LogSink> sink, LogLevel lowest) noexcept
      : sink_(std::move(sink)), lowest_(sink_ ? lowest : LogLevel::off) {}

  bool wants(const LogEvent& event) const noexcept { return event.level >= lowest_; }
  void write(const LogRecord& record) const noexcept;

  struct About {
    std::string_view worker = {};
    std::string_view call_id = {};
    std::string_view trace_id = {};
  };
  void operator()(const LogEvent& event, std::string_view message, About about) const noexcept {
    if (!wants(event)) return;
    write({.level = event.level,
           .event = event.name,
           .message = message,
           .worker = about.worker,
           .call_id = about.call_id,
           .trace_id = about.trace_id});
  }

 private:
  std::shared_ptr<LogSink> sink_;
  LogLevel lowest_ = LogLevel::off;
};

/// A record that is made under a lock, to be written after it.
struct Note {
  const LogEvent& event;
  std::string message;
  std::string call_id;
  std::chrono::system_clock::time_point time = std::chrono::system_clock::now();
};

}  // namespace multifrost::session
