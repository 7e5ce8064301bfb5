// Ready-made log sinks: each record is one line of JSON, as to_json() of log.h has it.
//
//   multifrost::Runtime runtime({.log = multifrost::json_lines_sink(stderr)});
//
// Thread rule: any thread; lines are never mixed, a callback is never run twice at once. Blocking
// rule: they block as long as the file or the callback does. Failures: a line that cannot be
// written is lost, what the callback throws is swallowed.
#pragma once

#include <concepts>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "multifrost/log.h"

namespace multifrost {

/// Writes to `file` and flushes it after each line. It stays the caller's, who keeps it open for as
/// long as the sink is used.
std::shared_ptr<LogSink> json_lines_sink(std::FILE* file);

/// Hands each line, its end (`\n`) included, to `write`.
template <std::invocable<std::string_view> Write>
std::shared_ptr<LogSink> json_lines_sink(Write write) {
  class Sink final : public LogSink {
   public:
    explicit Sink(Write given) : write_(std::move(given)) {}
    void write(const LogRecord& record) override {
      const std::string line = to_json(record) + '\n';
      const std::lock_guard lock(mutex_);
      write_(std::string_view(line));
    }

   private:
    std::mutex mutex_;
    Write write_;
  };
  return std::make_shared<Sink>(std::move(write));
}

}  // namespace multifrost
