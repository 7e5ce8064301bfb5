#include "session/timeout_text.h"

#include <cstdio>

namespace multifrost::session {

std::string duration_text(std::chrono::nanoseconds time) {
  const double milliseconds = static_cast<double>(time.count()) / 1e6;
  char text[32];
  if (milliseconds < 1000) {
    std::snprintf(text, sizeof text, "%.3g ms", milliseconds);
  } else {
    std::snprintf(text, sizeof text, "%.4g s", milliseconds / 1000);
  }
  return text;
}

std::string timeout_text(const TimeoutFacts& facts) {
  std::string text(facts.label);
  if (facts.timeout.count() <= 0) {
    return text + ": not sent: a timeout of " + duration_text(facts.timeout) + " leaves no time";
  }
  if (!facts.sent) {
    return text + ": not sent within " + duration_text(facts.timeout) +
           ": the worker has not connected yet";
  }
  text += ": no reply in " + duration_text(facts.timeout);
  if (facts.heartbeat_age && facts.heartbeat_misses == 0) {
    text += "; the worker is alive (heartbeat " + duration_text(*facts.heartbeat_age) + " ago)";
  } else if (facts.heartbeat_age) {
    text += "; the worker has not answered heartbeats for " + duration_text(*facts.heartbeat_age);
  }
  text += ". ";
  if (!facts.any_answer) {
    text +=
        "It has answered no call yet: a worker ignores calls for a namespace that it does not "
        "serve, and this one was for '";
    text += facts.name_space;
    text += "'. ";
  }
  text +=
      "A Python worker sends no reply when its result cannot be packed (set, datetime, "
      "dataclass, Enum): ";
  if (facts.last_errors.empty()) return text + "use the generated base class";
  text += "see its stderr below, or use the generated base class\n";
  text += facts.last_errors;
  return text;
}

}  // namespace multifrost::session
