// One simulated connection: two ordered streams of messages with latency, a bounded out-queue and a
// bounded pipe towards the worker, and an end that may come at any moment (R3, R4).
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "engine/call_id.h"
#include "schedule.h"

namespace multifrost::simulation {

/// What a call truly is, whatever the ids say: no two are alike in a whole run.
using Token = std::uint64_t;

enum class Answer : std::uint8_t { result, declared_error, remote_error, not_run };

struct Message {
  enum class Kind : std::uint8_t { call, answer, heartbeat, echo };
  Kind kind = Kind::call;
  engine::CallId id = {};
  Token token = 0;  ///< call: which; answer: of the call that it answers
  Answer answer = Answer::result;
  std::optional<Duration> time_left = std::nullopt;
  Duration busy{0};
};

enum class Sent : std::uint8_t { taken, full, gone };

class Connection;

class ParentEnd {
 public:
  virtual ~ParentEnd() = default;
  virtual void received(Connection& from, const Message& message) = 0;
  virtual void room(Connection& on) = 0;
  /// `written`: the number of the last message that left whole.
  virtual void lost(Connection& what, std::uint64_t written) = 0;
};

class WorkerEnd {
 public:
  virtual ~WorkerEnd() = default;
  virtual bool reads() const = 0;
  virtual void received(const std::shared_ptr<Connection>& from, const Message& message) = 0;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// The ends outlive the run; `epoch` is unlike that of any other connection.
  Connection(Schedule& schedule, ParentEnd& parent, WorkerEnd& worker, std::uint64_t epoch)
      : schedule_(schedule), parent_(parent), worker_(worker), epoch_(epoch) {}

  std::uint64_t epoch() const { return epoch_; }
  bool broken() const { return broken_; }

  Sent try_send(const Message& message, std::uint64_t& number);
  void answer(const Message& message);
  /// The worker may read (again).
  void pump();
  /// A fault, an exit, or a close. What is under way may arrive or not, from the front only.
  void lose();
  void set_latency(Duration latency) { latency_ = latency; }
  /// An answer that went over this connection and may be played again.
  const std::optional<Message>& last_answer() const { return last_answer_; }

 private:
  static constexpr std::size_t kOutQueue = 6;
  static constexpr std::size_t kPipe = 10;

  void flush();

  Schedule& schedule_;
  ParentEnd& parent_;
  WorkerEnd& worker_;
  const std::uint64_t epoch_;
  Duration latency_ = 50us;

  // Towards the worker: out-queue of the transport → pipe of the system → read.
  std::deque<Message> out_;
  std::deque<Message> pipe_;
  std::size_t arrived_ = 0;
  Time last_arrival_{};
  std::uint64_t taken_ = 0;
  std::uint64_t written_ = 0;
  bool wants_room_ = false;
  bool pumping_ = false;

  // Towards the parent.
  Time last_return_{};
  std::uint64_t returned_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t cut_ = ~std::uint64_t{0};
  std::optional<Message> last_answer_;

  bool broken_ = false;
  bool parent_knows_ = false;
};

}  // namespace multifrost::simulation
