#include "worker.h"

#include <utility>

namespace multifrost::simulation {

bool Worker::reads() const {
  return alive_ && !frozen_ && !slow_reader_ && (standby_ || !running_);
}

void Worker::received(const std::shared_ptr<Connection>& from, const Message& message) {
  if (message.kind == Message::Kind::heartbeat) {
    Message echo = message;
    echo.kind = Message::Kind::echo;
    if (running_) echo.busy = schedule_.now() - began_;
    return from->answer(echo);
  }
  if (bugs_.answers_to_the_id) {
    std::erase_if(last_asked_, [&](const auto& asked) { return asked.first == message.id; });
    last_asked_.emplace_back(message.id, from);
  }
  const Time expires = message.time_left ? schedule_.now() + *message.time_left : Time::max();
  queue_.push_back({from, message, expires});
  start_next();
}

void Worker::start_next() {
  while (alive_ && !frozen_ && !running_ && !queue_.empty()) {
    current_ = queue_.front();
    queue_.pop_front();
    if (stopping_ || current_.expires <= schedule_.now()) {
      answer(current_, Answer::not_run);
      continue;
    }
    judge_.handler_began(current_.call.token);
    running_ = true;
    began_ = schedule_.now();
    const Duration time = slow_ ? schedule_.between(500ms, 8s) : schedule_.between(100us, 25ms);
    schedule_.in(time, [this] { end_handler(); });
  }
  if (stopped_ && !running_ && alive_ && !frozen_) {
    schedule_.in(10ms, std::exchange(stopped_, nullptr));  // the last answers leave first
  }
}

void Worker::end_handler() {
  if (!alive_) return;
  if (frozen_) {
    ended_frozen_ = true;
    return;
  }
  running_ = false;
  judge_.handler_ended(current_.call.token);
  const auto dice = healed_ ? 100 : schedule_.below(100);
  answer(current_, failing_ || dice < 8 ? Answer::remote_error
                   : dice < 15          ? Answer::declared_error
                                        : Answer::result);
  pump();
  start_next();
}

void Worker::answer(const Waiting& to, Answer how) {
  Connection* connection = to.from.get();
  for (const auto& [id, asked] : last_asked_) {
    if (bugs_.answers_to_the_id && id == to.call.id) connection = asked.get();
  }
  connection->answer(
      {.kind = Message::Kind::answer, .id = to.call.id, .token = to.call.token, .answer = how});
}

void Worker::crash() {
  alive_ = false;
  for (const auto& connection : connections_) connection->lose();
}

void Worker::stop(std::function<void()> then) {
  stopping_ = true;
  stopped_ = std::move(then);
  if (running_) {
    for (const Waiting& waiting : queue_) answer(waiting, Answer::not_run);
    queue_.clear();
  } else {
    start_next();
  }
}

void Worker::freeze(bool on) {
  frozen_ = on;
  if (on || !alive_) return;
  if (std::exchange(ended_frozen_, false)) end_handler();
  pump();
  start_next();
}

void Worker::slow_reader(bool on) {
  slow_reader_ = on;
  pump();
}

void Worker::heal() {
  healed_ = true;
  slow_ = failing_ = slow_reader_ = false;
  freeze(false);
  for (const auto& connection : connections_) connection->set_latency(50us);
}

void Worker::pump() {
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    const auto connection = connections_[i];
    connection->pump();
  }
}

}  // namespace multifrost::simulation
