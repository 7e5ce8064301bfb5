#include "engine/heartbeat.h"

#include <algorithm>

#include "engine/deadline_after.h"

namespace multifrost::engine {

bool Heartbeat::expired(Time now) noexcept {
  if (!waiting_ || now - sent_at_ < options_.timeout) return false;
  waiting_ = false;
  ++misses_;
  return true;
}

Heartbeat::Due Heartbeat::due(Time now, Probe probe) noexcept {
  expired(now);
  if (probe) return now >= *probe ? Due::send : Due::nothing;
  return !waiting_ && now >= next() ? Due::send : Due::nothing;
}

void Heartbeat::sent(const CallId& id, Time now) noexcept {
  waiting_ = true;
  id_ = id;
  sent_at_ = now;
}

bool Heartbeat::echoed(const CallId& id, Time now,
                       std::optional<std::chrono::milliseconds> busy) noexcept {
  if (!waiting_ || id != id_) return false;
  waiting_ = false;
  const auto limit = options_.handler_stall_timeout;
  stalled_ = limit.count() > 0 && busy && *busy > limit;
  misses_ = stalled_ ? misses_ + 1 : 0;
  round_trip_ = now - sent_at_;
  last_echo_ = now;
  return true;
}

Heartbeat::Time Heartbeat::next(Probe probe) const noexcept {
  if (waiting_) {
    return std::min(deadline_after(sent_at_, options_.timeout), probe.value_or(Time::max()));
  }
  if (probe) return *probe;
  if (!last_echo_) return Time::min();
  return options_.interval.count() == 0 ? Time::max() : deadline_after(sent_at_, options_.interval);
}

}  // namespace multifrost::engine
