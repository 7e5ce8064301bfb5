// Who reads a parent's connection (R1): exactly one at any moment, and never nobody while somebody
// waits.
//
// Synchronous callers join when they begin to wait and leave, whatever ended the wait; one of them
// is the leader, the others follow. When nobody waits the supervisor watches the idle connection
// with epoll.
//
//   event \ state    | watched   | reading           | led                      | parked
//   -----------------+-----------+-------------------+--------------------------+------------------
//   join             | led,      | follow            | follow                   | led
//                    |   unwatch |                   |                          |
//   leave: follower  |           | unlinked          | unlinked                 |
//   leave: leader    |           |                   | a follower → led,        |
//                    |           |                   |   promoted; else calls   |
//                    |           |                   |   outstanding → watched; |
//                    |           |                   |   else parked, tick      |
//   supervisor_ready | reading   |                   | (stale: ignored)         | (stale: ignored)
//   supervisor_done  |           | a follower → led, |                          |
//                    |           |   promoted;       |                          |
//                    |           |   else watched    |                          |
//   tick             | (nothing) | tick again        | tick again               | joined since:
//                    |           |                   |                          |   tick again;
//                    |           |                   |                          |   else watched
//   want_reader      |           |                   |                          | watched
//
// *Parked* lets the next call follow without a system call: the supervisor takes the connection
// back with a tick, 10 ms after the last call. Pure: the caller holds a lock around every method
// and acts on the Duty.
#pragma once

#include <cstdint>

namespace multifrost::engine {

/// Somebody who waits for an answer; lives on his stack, linked while he follows.
struct Waiter {
  bool leads = false;
  bool follows = false;
  Waiter* next = nullptr;
  Waiter* previous = nullptr;
};

class ParentReadRole {
 public:
  /// What the caller must do, still under the lock.
  struct Duty {
    enum class Watch : std::uint8_t { keep, on, off };
    Watch watch = Watch::keep;   ///< the supervisor's epoll watch
    bool tick = false;           ///< call tick() in 10 ms
    Waiter* promoted = nullptr;  ///< leads now: wake it

    bool nothing() const noexcept { return watch == Watch::keep && !tick && promoted == nullptr; }
  };

  /// The waiter leads (`waiter.leads`) or follows from now on.
  Duty join(Waiter& waiter) {
    joined_since_tick_ = true;
    if (state_ != State::watched && state_ != State::parked) return follow(waiter);
    const bool watched = state_ == State::watched;
    state_ = State::led;
    waiter.leads = true;
    return {.watch = watched ? Duty::Watch::off : Duty::Watch::keep};
  }
  /// Must be called once for every join, from every way out of the wait. `outstanding`: calls are
  /// in flight that nobody waits for synchronously.
  Duty leave(Waiter& waiter, bool outstanding) {
    if (waiter.follows) unlink(waiter);
    if (!waiter.leads) return {};
    waiter.leads = false;
    return pass_on(outstanding);
  }
  /// A call has been sent that nobody waits for: somebody must read.
  Duty want_reader();

  /// The supervisor's watch fired. False: stale, somebody else reads.
  bool supervisor_ready();
  Duty supervisor_done();
  Duty tick();

  enum class State : std::uint8_t { watched, reading, led, parked };
  State state() const noexcept { return state_; }

 private:
  Duty follow(Waiter& waiter);
  Duty pass_on(bool outstanding);
  void unlink(Waiter& waiter);

  State state_ = State::watched;
  bool ticking_ = false;
  bool joined_since_tick_ = false;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

}  // namespace multifrost::engine
