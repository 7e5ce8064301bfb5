#include "connection.h"

namespace multifrost::simulation {

Sent Connection::try_send(const Message& message, std::uint64_t& number) {
  if (parent_knows_) return Sent::gone;
  if (out_.size() >= kOutQueue) {
    wants_room_ = true;
    return Sent::full;
  }
  number = ++taken_;
  out_.push_back(message);
  flush();
  return Sent::taken;
}

void Connection::flush() {
  while (!out_.empty() && pipe_.size() < kPipe) {
    pipe_.push_back(out_.front());
    out_.pop_front();
    ++written_;
    if (broken_) continue;  // into a socket whose other end has gone: the system does not know yet
    last_arrival_ = std::max(last_arrival_, schedule_.now() + latency_);
    schedule_.at(last_arrival_, [self = shared_from_this()] {
      if (self->broken_) return;
      ++self->arrived_;
      self->pump();
    });
  }
}

void Connection::pump() {
  if (pumping_) return;
  pumping_ = true;
  while (!broken_ && arrived_ > 0 && worker_.reads()) {
    const Message message = pipe_.front();
    pipe_.pop_front();
    --arrived_;
    flush();
    worker_.received(shared_from_this(), message);
  }
  pumping_ = false;
  if (!broken_ && wants_room_ && out_.size() < kOutQueue / 2) {
    wants_room_ = false;
    parent_.room(*this);
  }
}

void Connection::answer(const Message& message) {
  if (broken_) return;
  if (message.kind == Message::Kind::answer) last_answer_ = message;
  last_return_ = std::max(last_return_, schedule_.now() + latency_);
  schedule_.at(last_return_, [self = shared_from_this(), number = ++returned_, message] {
    if (number > self->cut_) return;
    ++self->delivered_;
    self->parent_.received(*self, message);
  });
}

void Connection::lose() {
  if (broken_) return;
  broken_ = true;
  cut_ = delivered_ + schedule_.below(returned_ - delivered_ + 1);
  const Time heard = std::max(last_return_, schedule_.now() + latency_);
  schedule_.at(heard, [self = shared_from_this()] {
    self->parent_knows_ = true;
    self->parent_.lost(*self, self->written_);
  });
}

}  // namespace multifrost::simulation
