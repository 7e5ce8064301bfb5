// A model worker: one handler at a time in the order of arrival, a queue, heartbeats answered
// meanwhile by a standby (or not, as published workers), answers to (connection, id) (R2, R3).
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "connection.h"
#include "judge.h"

namespace multifrost::simulation {

class Worker final : public WorkerEnd {
 public:
  struct Bugs {
    bool answers_to_the_id = false;  ///< whoever asked with this id last gets the answer
  };
  Worker(Schedule& schedule, Judge& judge, bool standby, const Bugs& bugs)
      : schedule_(schedule), judge_(judge), standby_(standby), bugs_(bugs) {}

  void accept(const std::shared_ptr<Connection>& connection) { connections_.push_back(connection); }
  bool alive() const { return alive_; }
  bool frozen() const { return frozen_; }

  // ---- faults
  void crash();
  /// Ends by itself: the running call ends, the others are answered "not run" (R2).
  void stop(std::function<void()> then);
  void freeze(bool on);
  void slow_handlers(bool on) { slow_ = on; }
  void slow_reader(bool on);
  void fail_calls(bool on) { failing_ = on; }
  /// No fault any more, and every call gets a result.
  void heal();
  const std::vector<std::shared_ptr<Connection>>& connections() const { return connections_; }

  bool reads() const override;
  void received(const std::shared_ptr<Connection>& from, const Message& message) override;

 private:
  struct Waiting {
    std::shared_ptr<Connection> from;
    Message call;
    Time expires;
  };
  void start_next();
  void end_handler();
  void answer(const Waiting& to, Answer how);
  void pump();

  Schedule& schedule_;
  Judge& judge_;
  const bool standby_;
  const Bugs bugs_;
  bool alive_ = true;
  bool frozen_ = false;
  bool slow_ = false;
  bool slow_reader_ = false;
  bool failing_ = false;
  bool healed_ = false;
  bool running_ = false;
  bool ended_frozen_ = false;
  bool stopping_ = false;
  std::function<void()> stopped_;
  Time began_{};
  Waiting current_;
  std::deque<Waiting> queue_;
  std::vector<std::shared_ptr<Connection>> connections_;
  std::vector<std::pair<engine::CallId, std::shared_ptr<Connection>>> last_asked_;
};

}  // namespace multifrost::simulation
