#include "engine/restart_policy.h"

#include <algorithm>

namespace multifrost::engine {

RestartPolicy::Decision RestartPolicy::exited(Time now, bool planned,
                                              std::uint64_t random) noexcept {
  const bool stable = ready_at_ && now - *ready_at_ >= options_.stable_after;
  ready_at_.reset();
  if (stable) attempts_ = 0;
  if (planned) return {};
  if (!options_.auto_restart || attempts_ >= options_.max_attempts) {
    return {.kind = Decision::Kind::give_up};
  }
  ++attempts_;
  return {.kind = Decision::Kind::restart, .at = now + delay(random)};
}

void RestartPolicy::reset() noexcept {
  attempts_ = 0;
  ready_at_.reset();
}

std::chrono::nanoseconds RestartPolicy::delay(std::uint64_t random) const noexcept {
  auto delay = std::min(options_.first_delay, options_.longest_delay);
  for (int attempt = 1; attempt < attempts_ && delay < options_.longest_delay; ++attempt) {
    delay = delay > options_.longest_delay / 2 ? options_.longest_delay : 2 * delay;
  }
  const double share = static_cast<double>(random >> 11) * 0x1p-53;  // [0, 1)
  return delay / 2 + std::chrono::nanoseconds(static_cast<std::int64_t>(
                         share * static_cast<double>((delay / 2).count())));
}

}  // namespace multifrost::engine
