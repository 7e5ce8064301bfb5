#include "engine/parent_read_role.h"

namespace multifrost::engine {

using Watch = ParentReadRole::Duty::Watch;

ParentReadRole::Duty ParentReadRole::follow(Waiter& waiter) {
  waiter.follows = true;
  waiter.previous = last_;
  (last_ != nullptr ? last_->next : first_) = &waiter;
  last_ = &waiter;
  return {};
}

ParentReadRole::Duty ParentReadRole::want_reader() {
  if (state_ != State::parked) return {};
  state_ = State::watched;
  return {.watch = Watch::on};
}

bool ParentReadRole::supervisor_ready() {
  if (state_ != State::watched) return false;
  state_ = State::reading;
  return true;
}

ParentReadRole::Duty ParentReadRole::supervisor_done() {
  if (first_ != nullptr) {
    Duty duty = pass_on(true);
    duty.watch = Duty::Watch::off;
    return duty;
  }
  // Nothing is lost by going on to watch: an idle connection costs the next caller one system call.
  state_ = State::watched;
  return {};
}

ParentReadRole::Duty ParentReadRole::tick() {
  ticking_ = false;
  if (state_ == State::watched) return {};
  if (state_ == State::parked && !joined_since_tick_) {
    state_ = State::watched;
    return {.watch = Watch::on};
  }
  joined_since_tick_ = false;
  ticking_ = true;
  return {.tick = true};
}

ParentReadRole::Duty ParentReadRole::pass_on(bool outstanding) {
  if (Waiter* const follower = first_) {
    unlink(*follower);
    follower->leads = true;
    state_ = State::led;
    return {.promoted = follower};
  }
  if (outstanding) {
    state_ = State::watched;
    return {.watch = Watch::on};
  }
  state_ = State::parked;
  if (ticking_) return {};
  ticking_ = true;
  joined_since_tick_ = false;
  return {.tick = true};
}

void ParentReadRole::unlink(Waiter& waiter) {
  (waiter.previous != nullptr ? waiter.previous->next : first_) = waiter.next;
  (waiter.next != nullptr ? waiter.next->previous : last_) = waiter.previous;
  waiter.next = waiter.previous = nullptr;
  waiter.follows = false;
}

}  // namespace multifrost::engine
