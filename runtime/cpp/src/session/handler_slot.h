// One place for a handler: what the session knows of the call that runs there, and what the thread
// of the place keeps from call to call, so that a small call allocates nothing.
//
// A session has as many as it runs handlers at once (R2); with concurrency 1 the only one is its
// fixed thread's. A call is known by connection and id, never by an id alone (R3).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "multifrost/call_context.h"
#include "multifrost/stop_token.h"
#include "session/function_table.h"
#include "session/worker_answer.h"
#include "session/worker_stream.h"
#include "transport/transport.h"

namespace multifrost::session {

struct HandlerSlot {
  using Time = std::chrono::steady_clock::time_point;

  HandlerSlot(const protocol::Protocol& protocol, const Log& log, std::string_view worker)
      : answer(protocol, log, worker) {
    context.set_stop(stop.get_token());
  }

  // ---- of the thread whose place it is, without the lock

  /// A call begins here; its id lives until end(). A stop source that was used is replaced: it
  /// belongs to another call.
  void begin(transport::PeerId from, std::string_view call, Time now) {
    if (stop_used) {
      stop = std::stop_source();
      context.set_stop(stop.get_token());
      stop_used = false;
    }
    peer = from;
    id = call;
    since = now;
    running_.store(true, std::memory_order_seq_cst);
  }
  /// Nobody looks at the call any more afterwards.
  void end(std::mutex& sessions) noexcept {
    running_.store(false, std::memory_order_seq_cst);
    if (!watched_.load(std::memory_order_seq_cst) && stream == nullptr) return;
    const std::lock_guard lock(sessions);
    watched_.store(false, std::memory_order_relaxed);
    stream.reset();
  }

  // ---- of anybody, under the session's lock

  /// Whether a call runs; it then stays until the lock is given back.
  bool runs() noexcept {
    watched_.store(true, std::memory_order_seq_cst);  // either side sees what the other has done
    return running_.load(std::memory_order_seq_cst);
  }
  bool runs(transport::PeerId from) noexcept { return runs() && peer == from; }
  bool runs(transport::PeerId from, std::string_view call) noexcept {
    return runs(from) && id == call;
  }
  /// For request_stop(), without the lock: it runs what the handler has registered. The call may
  /// have ended by then, but no other call hears of it.
  std::stop_source source_to_stop(ErrorCode why) noexcept {
    if (!stop_used) stopped_by = why;
    stop_used = true;
    return stop;
  }

  // Good while something runs.
  transport::PeerId peer = transport::PeerId::none;
  std::string_view id;
  Time since{};  ///< when it began
  std::stop_source stop;
  bool stop_used = false;
  ErrorCode stopped_by{};                ///< when stop_used
  std::shared_ptr<WorkerStream> stream;  ///< the running call's, if it has one

  // ---- of the thread whose place it is

  WorkerAnswer answer;
  CallContext context;
  LastFunction last_function;
  transport::PeerId caller = transport::PeerId::none;  ///< of the last call
  std::string caller_name;                             ///< for CallContext
  std::shared_ptr<transport::Outlet> outlet;           ///< to the caller
  // Of the running call, for its stream.
  std::optional<std::uint64_t> credit;
  std::optional<Time> deadline;

  void know_caller(transport::Transport& transport, transport::PeerId from) {
    if (caller == from) return;
    caller = from;
    caller_name = "parent " + std::to_string(static_cast<std::uint64_t>(from));
    outlet = transport.outlet(from);
  }

 private:
  std::atomic<bool> running_{false};
  std::atomic<bool> watched_{false};  ///< somebody has asked since the last end()
};

}  // namespace multifrost::session
