// What one parent is still to get of this worker's output (spec 8.1): bounded, and in order.
//
// Best-effort (spec 12.3): a parent that does not read costs a bounded amount of memory and holds
// nobody up. A line is tried twice at most, the second time when there is room again; what is lost
// then, or did not fit meanwhile, is told in one line at the place where it is missing.
//
//   state   | push           | flush                                    | room
//   --------+----------------+------------------------------------------+--------
//   open    | waits, or is   | each line is sent; full: blocked, or,    | (open)
//           | counted        | the second time, counted                 |
//   blocked | (the same)     | (nothing)                                | open
//
// A value of one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "process/output_queue.h"
#include "transport/transport.h"

namespace multifrost::session {

class OutputOutlet {
 public:
  void push(bool is_error, std::string_view text) { waiting_.push(is_error, text); }
  /// So many lines were lost before they came here.
  void lost(std::uint64_t lines) noexcept { dropped_ += lines; }
  void room() noexcept { blocked_ = false; }

  /// `send(is_error, text)` gives a transport::Sent. False: the parent has gone.
  template <class Send>
  bool flush(const Send& send) {
    while (!blocked_) {
      if (going_.empty()) dropped_ += std::exchange(after_, 0);
      if (going_.empty() && dropped_ == 0) refill();
      const bool tells = dropped_ > 0;
      if (!tells && going_.empty()) return true;
      const auto sent = tells
                            ? send(true, notice())
                            : send(going_.front().is_error, std::string_view(going_.front().text));
      if (sent == transport::Sent::gone) return false;
      if (sent == transport::Sent::taken) {
        tells ? void(dropped_ = 0) : pop();
      } else {
        blocked_ = true;
        if (!tells && ++tries_ == kTries) lose_first();
      }
    }
    return true;
  }

 private:
  static constexpr int kTries = 2;  ///< spec 8.1

  std::string notice() const {
    return "[multifrost: " + std::to_string(dropped_) +
           (dropped_ == 1 ? " line dropped]" : " lines dropped]");
  }
  void refill() {
    auto batch = waiting_.take();
    after_ = batch.dropped;
    going_.assign(std::make_move_iterator(batch.lines.begin()),
                  std::make_move_iterator(batch.lines.end()));
  }
  void pop() {
    going_.pop_front();
    tries_ = 0;
  }
  void lose_first() {
    pop();
    ++dropped_;
  }

  process::OutputQueue waiting_;
  std::deque<process::OutputQueue::Line> going_;  ///< taken out of it, on their way
  std::uint64_t after_ = 0;                       ///< lines lost behind those
  std::uint64_t dropped_ = 0;                     ///< not told yet, lost before the next one
  int tries_ = 0;                                 ///< of the first one
  bool blocked_ = false;
};

}  // namespace multifrost::session
