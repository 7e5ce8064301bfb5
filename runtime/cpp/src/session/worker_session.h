// A worker's session (R2): takes messages from its parents, runs handlers one after another,
// answers.
//
// Handlers run on the one thread that runs serve(). While one runs for longer than a tick the
// standby thread reads instead: it answers heartbeats, obeys cancel and shutdown at once, and
// queues calls, which so stay in order (spec 6.4). Answers go to the connection that the call came
// from, never to an id alone (R3).
//
// Thread rule: serve() once; stop() from any thread and from handlers. Every call that was read is
// answered, if only with "shutting down" (spec 9.2).
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

#include "engine/worker_read_role.h"
#include "process/lifeline.h"
#include "protocol/protocol.h"
#include "session/function_table.h"
#include "session/log.h"
#include "session/worker_answer.h"
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
  /// Asks serve() to end: the running call ends, queued ones are answered "shutting down".
  void stop() noexcept;

  /// Whether some parent has spoken, so that output can reach it (wire page "Framing").
  bool has_parent();
  /// Sends a line of this process's own output to every parent known so far. Any thread.
  void send_output(protocol::OutputStream stream, std::string_view text);

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kTick{10};  ///< a handler that runs longer is watched
  struct Waiting {
    transport::PeerId peer;
    Bytes frame;
    Clock::time_point arrived;
  };
  struct Running {
    transport::PeerId peer = transport::PeerId::none;
    std::string id;
    std::optional<Clock::time_point> since;
  };

  // worker_session.cc: the fixed thread
  void take_next();
  std::optional<Waiting> next_queued();
  void run_queued(const Waiting& call);
  void run(const protocol::Message& call, const Waiting& waiting, Clock::time_point begin);
  void run_handler(const protocol::Message& call, const Waiting& waiting, Clock::time_point begin);
  void invoke(const protocol::Message& call, const Waiting& waiting, const Function& function,
              Clock::time_point begin);
  bool begin_batch(const Function& function);
  void take_reading_back();
  void refuse_the_rest();
  void know_caller(transport::PeerId peer);

  // worker_control.cc: what either reader does with an event, and the standby
  void handle(transport::Event& event, bool may_run);
  void handle_message(transport::Event& event, bool may_run);
  void echo(transport::PeerId peer, const protocol::Message& beat);
  void cancel(transport::PeerId peer, std::string_view id);
  void stop_running() noexcept;
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
  transport::EventFd fixed_wake_;    ///< the standby gave the reading back
  transport::EventFd standby_wake_;  ///< the reading is asked back, or serve() ends
  transport::TimerFd tick_;
  enum Outside : std::uint64_t { kWake, kLifeline, kSignals, kFlush };
  transport::Poller outside_;  ///< what the standby hears of besides the transport
  std::atomic<bool> stopping_{false};
  std::atomic<bool> dismissed_{false};  ///< by a shutdown message
  std::atomic<bool> standby_ends_{false};

  std::mutex mutex_;
  std::deque<Waiting> queue_;
  std::atomic<bool> queued_{false};  ///< whether there are any; changed under the lock
  std::size_t queued_bytes_ = 0;     ///< taken into queue_ since it was last empty
  Running running_;
  std::stop_source stop_source_;
  std::optional<Clock::time_point> parent_lost_at_;
  std::set<transport::PeerId> parents_;

  transport::PeerId known_ = transport::PeerId::none;  ///< the reader's: stands in parents_
  // The fixed thread's
  WorkerAnswer answer_;
  transport::PeerId caller_ = transport::PeerId::none;
  std::string caller_name_;  ///< for CallContext
  std::thread standby_;
};

}  // namespace multifrost::session
