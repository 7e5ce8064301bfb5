// Which connection is read next, among those that may have something to read (R3).
//
// One after another, each for so many messages at most. Nearly always there is only one, so the
// first does not stand in the queue of the others. The reader's own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>

#include "transport/direct/connection.h"

namespace multifrost::transport::direct {

class Turns {
 public:
  /// `messages` of each connection until it is another's turn.
  explicit Turns(std::size_t messages) noexcept : messages_(messages), left_(messages) {}

  /// Null: nobody's.
  Connection* current() const noexcept { return current_; }
  bool used_up() const noexcept { return left_ == 0; }
  void count_message() noexcept { --left_; }

  /// Unless it has its place already.
  void add(Connection& connection) {
    if (connection.in_turn) return;
    connection.in_turn = true;
    if (current_ == nullptr) {
      current_ = &connection;
    } else {
      others_.push_back(&connection);
    }
  }
  /// The current one has nothing more to read.
  void end() noexcept {
    current_->in_turn = false;
    go_on();
  }
  /// The current one is the last from now on.
  void pass_on() {
    others_.push_back(current_);
    go_on();
  }
  void remove(Connection& connection) noexcept {
    if (current_ == &connection) return end();
    if (std::erase(others_, &connection) != 0) connection.in_turn = false;
  }

  template <class Predicate>
  bool any_of(const Predicate& predicate) const {
    if (current_ == nullptr) return false;
    return predicate(*current_) || std::any_of(others_.begin(), others_.end(),
                                               [&](Connection* one) { return predicate(*one); });
  }

 private:
  void go_on() noexcept {
    left_ = messages_;
    current_ = nullptr;
    if (others_.empty()) return;
    current_ = others_.front();
    others_.pop_front();
  }

  const std::size_t messages_;
  std::size_t left_;  ///< messages that the current one may still deliver
  Connection* current_ = nullptr;
  std::deque<Connection*> others_;
};

}  // namespace multifrost::transport::direct
