#include "multifrost/json_lines.h"

#include <ctime>

#include "wire/text.h"

namespace multifrost {
namespace {

std::string rfc3339(std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  const auto whole = floor<seconds>(time);
  const std::time_t since = system_clock::to_time_t(whole);
  std::tm parts{};
  ::gmtime_r(&since, &parts);
  char text[32];
  std::string out(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts));
  const auto fraction = static_cast<int>(duration_cast<milliseconds>(time - whole).count());
  std::snprintf(text, sizeof text, ".%03dZ", fraction);
  return out + text;
}

}  // namespace

std::string_view name_of(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
    case LogLevel::off:
      break;
  }
  return "off";
}

std::string to_json(const LogRecord& record) {
  std::string json;
  const auto member = [&](std::string_view name, std::string_view value) {
    json += json.empty() ? '{' : ',';
    wire::append_json_string(json, name);
    json += ':';
    wire::append_json_string(json, wire::mend_utf8(value));
  };
  member("time", rfc3339(record.time));
  member("level", name_of(record.level));
  member("event", record.event);
  member("message", record.message);
  if (!record.worker.empty()) member("worker", record.worker);
  if (!record.call_id.empty()) member("call_id", record.call_id);
  if (!record.trace_id.empty()) member("trace_id", record.trace_id);
  return json + '}';
}

std::shared_ptr<LogSink> json_lines_sink(std::FILE* file) {
  return json_lines_sink([file](std::string_view line) {
    std::fwrite(line.data(), 1, line.size(), file);
    std::fflush(file);
  });
}

}  // namespace multifrost
