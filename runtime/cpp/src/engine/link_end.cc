#include "engine/link_end.h"

#include "engine/deadline_after.h"

namespace multifrost::engine {

void LinkEnd::lost(Time now) noexcept {
  lost_ = answers_ended_ = true;
  if (state_ == State::up) wait_in(State::lost, has_process_ ? now + kExitAfterLoss : now);
}

void LinkEnd::exited(Time now) noexcept {
  if (state_ == State::exited) return;
  exited_at_ = now;
  wait_in(State::exited, now + kAnswersAfterExit);
}

void LinkEnd::exit_follows(Time now) noexcept {
  if (state_ == State::up || state_ == State::lost) wait_in(State::ending, now + kExitFollows);
}

void LinkEnd::stop(Time now, Duration grace) noexcept {
  stopped_ = answers_ended_ = true;
  if (state_ == State::up || state_ == State::lost || state_ == State::ending) {
    wait_in(State::asked, deadline_after(now, grace));
  }
}

bool LinkEnd::complete(Time now) noexcept {
  answers_ended_ = answers_ended_ || now >= exited_at_ + kAnswersAfterExit;
  until_ = exited_at_ + (answers_ended_ ? kOutputAfterExit : kAnswersAfterExit);
  return answers_ended_ && (output_ended_ || now >= exited_at_ + kOutputAfterExit);
}

LinkEnd::Step LinkEnd::step(Time now) noexcept {
  if (over_) return Step::nothing;
  const bool done = !has_process_ && (lost_ || stopped_);
  if (done ||
      (state_ == State::exited ? complete(now) : state_ == State::killed && now >= until_)) {
    over_ = true;
    until_ = Time::max();
    return Step::over;
  }
  if (state_ == State::exited || now < until_) return Step::nothing;
  switch (state_) {
    case State::asked:
      wait_in(State::terminated, deadline_after(now, kill_deadline_));
      return Step::terminate;
    case State::lost:
    case State::ending:
      abandoned_ = true;
      wait_in(State::killed, now + kAfterKill);
      return Step::abandon;
    case State::terminated:
      wait_in(State::killed, now + kAfterKill);
      return Step::kill;
    default:
      return Step::nothing;
  }
}

LinkEnd::Time LinkEnd::next() const noexcept { return until_; }

}  // namespace multifrost::engine
