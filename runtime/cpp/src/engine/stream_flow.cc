#include "engine/stream_flow.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace multifrost::engine {

StreamIntake::Arrival StreamIntake::arrived(std::optional<std::uint64_t> sequence) noexcept {
  if (state_ != State::open) return Arrival::late;
  if (sequence != next_) {
    state_ = State::failed;
    return Arrival::out_of_sequence;
  }
  if (credit_ == 0) {
    state_ = State::failed;
    return Arrival::over_credit;
  }
  --credit_;
  ++next_;
  return Arrival::take;
}

std::uint64_t StreamIntake::consumed() noexcept {
  if (state_ != State::open) return 0;
  ++used_;
  if (used_ * 2 < window_) return 0;
  credit_ += used_;
  return std::exchange(used_, 0);
}

void StreamOutflow::credited(std::uint64_t items) noexcept {
  credit_ += std::min(items, std::numeric_limits<std::uint64_t>::max() - credit_);
}

std::uint64_t StreamOutflow::take() noexcept {
  --credit_;
  return next_++;
}

void StreamOutflow::give_back() noexcept {
  credited(1);
  --next_;
}

bool StreamOutflow::finish() noexcept {
  if (state_ != State::open) return false;
  state_ = State::finished;
  return true;
}

}  // namespace multifrost::engine
