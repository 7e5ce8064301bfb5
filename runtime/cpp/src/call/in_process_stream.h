// A stream call of a worker in this process: its handler on a thread of its own, and the items
// between it and the caller, encoded as they would travel.
//
// The flow is that of the wire (engine/stream_flow.h), only that credit needs no messages. Whatever
// ends the call first is its outcome; items that came before are still read. Who lets the caller's
// last handle go waits for the handler's end, since the worker need not outlive it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "call/pending_state.h"
#include "engine/stream_flow.h"
#include "multifrost/dispatcher.h"
#include "multifrost/stop_token.h"
#include "multifrost/stream.h"

namespace multifrost::call {

/// What both ends share.
class LocalStream {
 public:
  using Time = std::chrono::steady_clock::time_point;

  LocalStream(const Method& given, Format how, Time until) noexcept
      : method(given), format(how), deadline(until) {}

  const Method& method;
  const Format format;
  const Time deadline;  ///< Time::max(): none
  std::stop_source stop;

  std::mutex mutex;
  std::condition_variable changed;
  struct Direction {
    engine::StreamOutflow outflow;
    engine::StreamIntake intake;
    std::deque<Bytes> items;
    std::uint64_t given = 0;
    std::optional<std::string> given_up;  ///< why the writer has gone before the end
  };
  Direction to_worker;
  Direction to_caller;
  bool over = false;               ///< the call has its outcome
  std::optional<Failure> failure;  ///< which one, if not a good one
};

/// One end: the caller's reads what the worker's writes, and the other way round.
class LocalStreamEnd : public StreamPort {
 public:
  LocalStreamEnd(std::shared_ptr<LocalStream> stream, bool callers) noexcept;

  Result<std::optional<StreamItem>> next() override;
  Encoder& begin_item() override;
  Result<void> send_item() override;
  Failure discard_item() override;
  Result<void> finish() override;
  void give_up() noexcept override;
  void cancel() noexcept override;

 protected:
  /// The deadline has passed while somebody waited.
  virtual void expire(const Failure& /*failure*/) {}

  const std::shared_ptr<LocalStream> stream_;

 private:
  void wait(std::unique_lock<std::mutex>& lock, const std::function<bool()>& ready);
  Failure expired() const;
  void end_writing(std::optional<std::string> error);

  LocalStream::Direction& reads_;
  LocalStream::Direction& writes_;
  const bool callers_;
  Encoder item_;
};

/// The caller's end, and the call's outcome.
class InProcessStream final : public PendingState, public LocalStreamEnd {
 public:
  struct Start {
    Dispatcher* worker;
    Bytes message;  ///< the arguments, one array
    std::string traceparent;
    std::string tracestate;
    std::stop_token stop;  ///< the caller's
  };
  InProcessStream(Executor& executor, std::shared_ptr<LocalStream> stream, Start start);
  ~InProcessStream() override;

  void cancel() noexcept override;
  /// The channel ends.
  void close();

 private:
  /// The call's outcome, unless it has one; the handler is told to stop.
  void end(Reply reply);

  struct Cancel {
    InProcessStream* call;
    void operator()() const noexcept { call->cancel(); }
  };
  void expire(const Failure& failure) override;
  void request_cancel() noexcept override { cancel(); }
  void run(const Start& start);

  std::thread handler_;
  std::optional<std::stop_callback<Cancel>> on_stop_;
};

}  // namespace multifrost::call
