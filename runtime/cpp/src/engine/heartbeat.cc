#include "engine/heartbeat.h"

namespace multifrost::engine {

Heartbeat::Due Heartbeat::due(Time now) noexcept {
  if (waiting_ && now - sent_at_ >= options_.timeout) {
    waiting_ = false;
    ++misses_;
  }
  if (waiting_) return Due::nothing;
  if (!last_echo_) return Due::send;
  if (options_.interval.count() == 0) return Due::nothing;
  return now - sent_at_ >= options_.interval ? Due::send : Due::nothing;
}

void Heartbeat::sent(const CallId& id, Time now) noexcept {
  waiting_ = true;
  id_ = id;
  sent_at_ = now;
}

bool Heartbeat::echoed(const CallId& id, Time now) noexcept {
  if (!waiting_ || id != id_) return false;
  waiting_ = false;
  misses_ = 0;
  round_trip_ = now - sent_at_;
  last_echo_ = now;
  return true;
}

Heartbeat::Time Heartbeat::next() const noexcept {
  if (waiting_) return sent_at_ + options_.timeout;
  if (!last_echo_) return Time::min();
  return options_.interval.count() == 0 ? Time::max() : sent_at_ + options_.interval;
}

}  // namespace multifrost::engine
