// The items of one stream call, as one side sees them (wire page "Streams"): what it may send, what
// it may be sent, and when it gives new credit. Each side has an intake for what it reads and an
// outflow for what it writes; they know nothing of each other.
//
// StreamIntake, a receiver of at most a window of items that nobody has consumed yet:
//
//   event \ state        | open                                       | ended, failed, stopped
//   ---------------------+--------------------------------------------+------------------------
//   item in sequence     | take; over the credit: over_credit, failed | late
//   item out of sequence | out_of_sequence, failed                    | late
//   consumed             | credit, once half a window is used up      | none
//   end                  | ended                                      | (stays)
//   fail                 | failed                                     | (stays)
//   stop: nobody reads   | stopped                                    | (stays)
//
// StreamOutflow, a sender:
//
//   event \ state   | open                         | finished, closed
//   ----------------+------------------------------+-----------------
//   credited        | more may be sent             | (nothing)
//   take            | with credit: the next number | none
//   finish          | finished, true: say so       | false
//   close: the call has ended, or its reader has gone: closed
//
// Pure; one thread at a time, so the caller holds a lock around every method.
#pragma once

#include <cstdint>
#include <optional>

namespace multifrost::engine {

/// Items that a receiver of ours takes at once: they bound the memory of a stream.
inline constexpr std::uint64_t kStreamWindow = 32;

class StreamIntake {
 public:
  enum class State : std::uint8_t { open, ended, failed, stopped };
  enum class Arrival : std::uint8_t {
    take,             ///< the next item: keep it
    out_of_sequence,  ///< one is missing or comes twice: the call must fail
    over_credit,      ///< the sender does not keep to the credit: the call must fail
    late,             ///< nobody waits for it any more
  };

  /// `given`: the sender has been given this much credit already, or will be at once.
  explicit StreamIntake(std::uint64_t given = kStreamWindow) noexcept
      : window_(given), credit_(given) {}

  /// An item has come; `sequence` as it says, if it says one.
  Arrival arrived(std::optional<std::uint64_t> sequence) noexcept;
  /// The reader has taken an item out; the credit to give the sender now, 0: none yet.
  std::uint64_t consumed() noexcept;

  void end() noexcept { leave_open(State::ended); }
  void fail() noexcept { leave_open(State::failed); }
  void stop() noexcept { leave_open(State::stopped); }

  State state() const noexcept { return state_; }
  /// Items that came in order, which is also the next one's number.
  std::uint64_t taken() const noexcept { return next_; }

 private:
  void leave_open(State state) noexcept {
    if (state_ == State::open) state_ = state;
  }

  std::uint64_t window_;
  std::uint64_t credit_;    ///< items that the sender may still send
  std::uint64_t used_ = 0;  ///< consumed, and not yet given back as credit
  std::uint64_t next_ = 0;
  State state_ = State::open;
};

class StreamOutflow {
 public:
  enum class State : std::uint8_t { open, finished, closed };

  /// `credit`: what the call itself brought.
  explicit StreamOutflow(std::uint64_t credit = 0) noexcept { credited(credit); }

  /// Whatever the peer says, the sum stays a number.
  void credited(std::uint64_t items) noexcept;
  bool may_send() const noexcept { return state_ == State::open && credit_ > 0; }
  /// The number of the item that is sent now; only when may_send().
  std::uint64_t take() noexcept;
  /// The item just taken was not sent after all.
  void give_back() noexcept;
  /// No further items. False: that is known already.
  bool finish() noexcept;
  void close() noexcept { state_ = State::closed; }

  State state() const noexcept { return state_; }
  /// The number of the next item.
  std::uint64_t next() const noexcept { return next_; }

 private:
  std::uint64_t credit_ = 0;
  std::uint64_t next_ = 0;
  State state_ = State::open;
};

}  // namespace multifrost::engine
