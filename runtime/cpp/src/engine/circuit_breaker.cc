#include "engine/circuit_breaker.h"

#include <algorithm>

namespace multifrost::engine {
namespace {

using Outcome = CircuitBreaker::Outcome;

enum class Weight : std::uint8_t { nothing, success, failure };

Weight weight_of(Outcome outcome, bool literal) noexcept {
  switch (outcome) {
    case Outcome::result:
      return Weight::success;
    case Outcome::declared_error:
      return literal ? Weight::failure : Weight::success;
    case Outcome::remote_error:
    case Outcome::deadline:
      return Weight::failure;
    case Outcome::lost:
    case Outcome::unsent:
      return literal ? Weight::failure : Weight::nothing;
    case Outcome::cancelled:
      break;
  }
  return Weight::nothing;
}

}  // namespace

bool CircuitBreaker::count(Epoch epoch, Outcome outcome, Time now) noexcept {
  if (epoch != epoch_ && outcome != Outcome::unsent) return false;
  switch (weight_of(outcome, options_.literal)) {
    case Weight::nothing:
      break;
    case Weight::success:
      if (state_ != State::forced_open) reset();
      break;
    case Weight::failure:
      if (state_ == State::closed && ++failures_ >= options_.threshold) {
        return open(Cause::calls_failed, now);
      }
      break;
  }
  return false;
}

bool CircuitBreaker::beat_missed(Epoch epoch, bool too_many, Time now) noexcept {
  if (epoch != epoch_) return false;
  if (state_ == State::closed && too_many) return open(Cause::heartbeats_missed, now);
  if (state_ == State::half_open && !options_.probe_by_call) {
    state_ = State::open;
    wait_longer(now);
  }
  return false;
}

CircuitBreaker::Probe CircuitBreaker::admit_probe(Time now) noexcept {
  if (!may_probe(now)) return 0;
  state_ = State::half_open;
  probe_ = ++last_probe_ != 0 ? last_probe_ : ++last_probe_;
  probe_until_ = now + options_.probe_patience;
  return probe_;
}

bool CircuitBreaker::probe_ended(Probe probe, Epoch epoch, Outcome outcome, Time now) noexcept {
  if (probe != probe_) return count(epoch, outcome, now);  // it was given up
  probe_ = 0;
  const bool tripped = count(epoch, outcome, now);
  if (state_ == State::half_open) {
    state_ = State::open;
    wait_longer(now);
  }
  return tripped;
}

void CircuitBreaker::beat_echoed(Epoch epoch) noexcept {
  if (options_.probe_by_call) return;
  if (epoch == epoch_ && state_ == State::half_open) reset();
}

void CircuitBreaker::probe_sent(Time now) noexcept {
  if (probe_at() && now >= probe_at_) state_ = State::half_open;
}

void CircuitBreaker::probe_unsent(Time now) noexcept {
  if (probe_at() && now >= probe_at_) wait_longer(now);
}

void CircuitBreaker::connected(Epoch epoch, Time now) noexcept {
  epoch_ = epoch;
  if (state_ == State::closed) failures_ = 0;
  if (state_ != State::open && state_ != State::half_open) return;
  // A call that is the probe waits for its connection as every call does.
  if (probe_ == 0) state_ = State::open;
  probe_at_ = now;
}

bool CircuitBreaker::force_open(Cause cause, Time now) noexcept {
  if (state_ == State::disabled) return false;
  const bool trip = state_ == State::closed;
  if (trip) opened_at_ = now;
  state_ = State::forced_open;
  cause_ = cause;
  return trip;
}

void CircuitBreaker::reset() noexcept {
  if (state_ == State::disabled) return;
  state_ = State::closed;
  cause_ = Cause::none;
  failures_ = 0;
}

bool CircuitBreaker::open(Cause cause, Time now) noexcept {
  state_ = State::open;
  cause_ = cause;
  opened_at_ = now;
  backoff_ = options_.first_probe;
  probe_at_ = now + backoff_;
  return true;
}

void CircuitBreaker::wait_longer(Time now) noexcept {
  backoff_ = std::min(2 * backoff_, options_.last_probe);
  probe_at_ = now + backoff_;
}

}  // namespace multifrost::engine
