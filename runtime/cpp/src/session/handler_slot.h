// One place for a handler: what the session knows of the call that runs there, and what the thread
// of the place keeps from call to call, so that a small call allocates nothing.
//
// A session has as many as it runs handlers at once (R2); with concurrency 1 the only one is its
// fixed thread's. A call is known by connection and id, never by an id alone (R3).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "multifrost/stop_token.h"
#include "session/function_table.h"
#include "session/worker_answer.h"
#include "session/worker_stream.h"
#include "transport/transport.h"

namespace multifrost::session {

struct HandlerSlot {
  using Time = std::chrono::steady_clock::time_point;

  HandlerSlot(const protocol::Protocol& protocol, const Log& log, std::string_view worker)
      : answer(protocol, log, worker) {}

  // ---- under the session's lock

  /// A call begins here; its id lives until end(). A stop source that was used is replaced: it
  /// belongs to another call.
  void begin(transport::PeerId from, std::string_view call, Time now) {
    if (stop_used) {
      stop = std::stop_source();
      stop_token = stop.get_token();
    }
    stop_used = false;
    peer = from;
    id = call;
    since = now;
  }
  void end() noexcept {
    since.reset();
    stream.reset();
  }
  bool runs(transport::PeerId from) const noexcept { return since && peer == from; }
  bool runs(transport::PeerId from, std::string_view call) const noexcept {
    return runs(from) && id == call;
  }
  /// For request_stop(), without the lock: it runs what the handler has registered. The call may
  /// have ended by then, but no other call hears of it.
  std::stop_source source_to_stop(ErrorCode why) noexcept {
    if (!stop_used) stopped_by = why;
    stop_used = true;
    return stop;
  }

  transport::PeerId peer = transport::PeerId::none;
  std::string_view id;        ///< good while something runs
  std::optional<Time> since;  ///< when the running call began; none: nothing runs
  std::stop_source stop;
  StopToken stop_token = stop.get_token();  ///< the running call's; changed by its thread only
  bool stop_used = false;
  ErrorCode stopped_by{};                ///< when stop_used
  std::shared_ptr<WorkerStream> stream;  ///< the running call's, if it has one

  // ---- of the thread whose place it is

  WorkerAnswer answer;
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
};

}  // namespace multifrost::session
