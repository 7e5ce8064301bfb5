// Calls that have been read and wait for a handler, in the order in which they came (spec 6.4).
//
// Belongs to the session's lock. It does not refuse: whoever fills it looks at bytes() first, and
// stops reading when they are too many (R3).
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string_view>
#include <utility>

#include "multifrost/bytes.h"
#include "transport/transport.h"

namespace multifrost::session {

struct WaitingCall {
  transport::PeerId peer;
  Bytes frame;
  std::string_view id;  ///< a view into `frame`
  std::chrono::steady_clock::time_point arrived;
  bool more = false;  ///< a further one of this peer had come with it
};

class CallQueue {
 public:
  bool empty() const noexcept { return calls_.empty(); }
  std::size_t bytes() const noexcept { return bytes_; }

  void push(WaitingCall call) {
    bytes_ += call.frame.size();
    calls_.push_back(std::move(call));
  }
  /// Only when it is not empty.
  WaitingCall pop() {
    WaitingCall first = std::move(calls_.front());
    calls_.pop_front();
    bytes_ -= first.frame.size();
    return first;
  }

  /// Calls that nobody wants any more.
  void drop(transport::PeerId peer) {
    drop_if([&](const WaitingCall& call) { return call.peer == peer; });
  }
  void drop(transport::PeerId peer, std::string_view id) {
    drop_if([&](const WaitingCall& call) { return call.peer == peer && call.id == id; });
  }

 private:
  template <class Unwanted>
  void drop_if(const Unwanted& unwanted) {
    std::erase_if(calls_, [&](const WaitingCall& call) {
      const bool drops = unwanted(call);
      if (drops) bytes_ -= call.frame.size();
      return drops;
    });
  }

  std::deque<WaitingCall> calls_;
  std::size_t bytes_ = 0;
};

}  // namespace multifrost::session
