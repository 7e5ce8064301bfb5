// A worker's session (R2): takes messages from its parents, runs handlers, answers.
//
// With concurrency 1 handlers run one after another on the one thread that runs serve(). While one
// runs for longer than a tick the standby thread reads instead: it answers heartbeats, obeys cancel
// and shutdown at once, and queues calls, which so stay in order (spec 6.4). With more than one the
// thread that runs serve() only reads, and so many others take the calls from the queue; the
// standby then merely hears of what is outside the connections. Answers go to the connection that
// the call came from, never to an id alone (R3).
//
// Thread rule: serve() once; stop() from any thread and from handlers. Every call that was read is
// answered, if only with "shutting down" (spec 9.2).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/worker_read_role.h"
#include "process/lifeline.h"
#include "protocol/protocol.h"
#include "session/call_queue.h"
#include "session/function_table.h"
#include "session/handler_slot.h"
#include "session/log.h"
#include "transport/event_fd.h"
#include "transport/poller.h"
#include "transport/timer_fd.h"
#include "transport/transport.h"

namespace multifrost::session {

struct WorkerOptions {
  bool many_parents = false;     ///< connect mode: the loss of one parent ends nothing
  bool obey_shutdown = true;     ///< a service ignores a parent's shutdown (R5)
  bool may_end_process = false;  ///< when the parent is gone and a handler is stuck
  const process::Lifeline* lifeline = nullptr;  ///< tells when the parent is gone (R7)
  int signals = transport::kNoDescriptor;       ///< readable: SIGINT or SIGTERM arrived
  unsigned concurrency = 1;                     ///< so many handlers at once
  std::size_t queued_bytes = 64u << 20;         ///< calls that wait for a handler (R3)
  Log log = {};
  std::string name = {};  ///< the service's id, for the log
};

class WorkerSession {
 public:
  WorkerSession(std::unique_ptr<transport::Transport> transport, const protocol::Protocol& protocol,
                const FunctionTable& functions, const WorkerOptions& options);
  WorkerSession(const WorkerSession&) = delete;
  WorkerSession& operator=(const WorkerSession&) = delete;
  ~WorkerSession();

  /// Serves on this thread until stop(), a shutdown message or the loss of the parent.
  void serve();
  /// After serve(): lets the last messages leave, then ends all connections. Blocks for half a
  /// second at most.
  void finish();
  /// Asks serve() to end: running calls end, queued ones are answered "shutting down".
  void stop() noexcept;
  /// Whether this thread runs handlers of a session with concurrency.
  static bool on_handler_thread(const WorkerSession* session) noexcept;

  /// The parents that have spoken, so that output can reach them (wire page "Framing").
  std::vector<transport::PeerId> parents();
  /// Sends a line of this process's own output, if there is room for such. Any thread.
  transport::Sent send_output(transport::PeerId parent, protocol::OutputStream stream,
                              std::string_view text);
  /// Set when a parent has come or gone, and when there may be room again for its output.
  const transport::EventFd& output_event() const noexcept { return output_event_; }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kTick{10};  ///< a handler that runs longer is watched
  // worker_session.cc: the fixed thread, and running a call
  bool one_by_one() const noexcept { return slots_.size() == 1; }
  void take_next();
  Clock::time_point looked_at();
  std::optional<WaitingCall> next_queued();
  void run_queued(HandlerSlot& slot, WaitingCall& call);
  void run(HandlerSlot& slot, const protocol::Message& call, WaitingCall& waiting,
           Clock::time_point begin);
  void run_handler(HandlerSlot& slot, const protocol::Message& call, WaitingCall& waiting,
                   Clock::time_point begin);
  void invoke(HandlerSlot& slot, const protocol::Message& call, WaitingCall& waiting,
              const Function& function, Clock::time_point begin);
  void begin_handler(HandlerSlot& slot, const WaitingCall& waiting, Clock::time_point begin);
  void end_handler(HandlerSlot& slot);
  bool begin_batch(const Function& function, bool more);
  void take_reading_back();
  void refuse_the_rest();

  // worker_handlers.cc: concurrency above 1
  void start_handlers();
  void feed_handlers();
  void end_handlers();
  void handle_calls(HandlerSlot& slot);
  std::optional<WaitingCall> wait_for_call(HandlerSlot& slot);

  // worker_streams.cc
  friend class WorkerStream;
  std::shared_ptr<WorkerStream> open_stream(HandlerSlot& slot, const Method& method);
  void refuse_stream(HandlerSlot& slot, const protocol::Message& call, const Function& function);
  bool has_streams(transport::PeerId peer);
  void take_stream(transport::PeerId peer, const protocol::Message& message,
                   const transport::Event& event);
  bool reads_here() const noexcept;
  void read_until(Clock::time_point deadline, const std::function<bool()>& done);
  void wake_fixed() const noexcept { fixed_wake_.set(); }
  void stream_waits();
  bool may_read() const;
  void queue(WaitingCall call);

  // worker_control.cc: what either reader does with an event, and the standby
  void handle(transport::Event& event, bool may_run);
  void handle_message(transport::Event& event, bool may_run);
  void echo(transport::PeerId peer, const protocol::Message& beat);
  void cancel(transport::PeerId peer, std::string_view id);
  void stop_running(ErrorCode why, const std::function<bool(HandlerSlot&)>& which) noexcept;
  void stop_all() noexcept;
  void lose(transport::PeerId peer);
  void parent_gone();
  void standby();
  void standby_tick(std::uint64_t& last);
  void standby_reads();
  void look_outside();
  bool queue_is_full();
  Clock::time_point stuck_at();
  void end_if_stuck();
  std::chrono::milliseconds busy_time();

  const std::unique_ptr<transport::Transport> transport_;
  const protocol::Protocol& protocol_;
  const FunctionTable& functions_;
  const WorkerOptions options_;

  engine::WorkerReadRole role_;
  transport::EventFd fixed_wake_;    ///< the standby gave the reading back, or a stream changed
  transport::EventFd standby_wake_;  ///< the reading is asked back, or serve() ends
  transport::EventFd output_event_;
  transport::TimerFd tick_;
  enum Outside : std::uint64_t { kWake, kLifeline, kSignals, kFlush };
  transport::Poller outside_;  ///< what the standby hears of besides the transport
  std::atomic<bool> stopping_{false};
  std::atomic<bool> dismissed_{false};  ///< by a shutdown message
  std::atomic<bool> standby_ends_{false};

  std::mutex mutex_;
  CallQueue queue_;
  std::atomic<bool> queued_{false};  ///< whether there are any; changed under the lock
  std::condition_variable arrived_;  ///< a call for a handler thread, or stop()
  std::condition_variable room_;     ///< in the queue, for the thread that feeds it, or stop()
  std::optional<Clock::time_point> parent_lost_at_;
  std::set<transport::PeerId> parents_;
  std::set<transport::PeerId>
      ours_;  ///< parents whose heartbeats say that they read our extensions

  transport::PeerId known_ = transport::PeerId::none;  ///< the reader's: stands in parents_
  /// The fixed thread's last look at the clock, since when it has not slept.
  std::optional<Clock::time_point> looked_at_;
  /// The first is the fixed thread's; with concurrency the others are the handlers'. Never changes.
  std::vector<std::unique_ptr<HandlerSlot>> slots_;
  std::vector<std::thread> handlers_;
  std::thread::id fixed_;
  std::thread standby_;
};

}  // namespace multifrost::session
