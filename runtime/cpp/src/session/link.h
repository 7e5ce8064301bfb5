// One incarnation of a worker, as its parent sees it: the connection, the process, and how far it
// has come.
//
// Belongs to the session's lock, but for `transport` and `output`, which have rules of their own.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "engine/parent_read_role.h"
#include "process/child_process.h"
#include "session/call.h"
#include "session/worker_output.h"
#include "transport/transport.h"

namespace multifrost::session {

struct Link {
  using Time = std::chrono::steady_clock::time_point;

  Link(std::shared_ptr<transport::Transport> given, std::optional<process::ChildProcess> child)
      : transport(std::move(given)), process(std::move(child)) {}

  const std::shared_ptr<transport::Transport> transport;
  std::optional<process::ChildProcess> process;
  std::unique_ptr<WorkerOutput> output;
  struct Pipe {
    bool watched = false;
    bool ended = false;
  };
  Pipe out;
  Pipe err;
  Pipe& pipe(OutputStream stream) noexcept { return stream == OutputStream::out ? out : err; }
  unsigned tags = 0;         ///< its first tag at the supervisor
  std::uint64_t number = 0;  ///< of the incarnation

  engine::ParentReadRole role;
  std::optional<Time> tick_at;
  std::optional<Time> release_at;  ///< calls are held back, until then at the latest

  transport::PeerId peer = transport::PeerId::none;
  std::shared_ptr<transport::Outlet> outlet;  ///< to it; once there, it stays
  bool ready = false;                         ///< calls can be sent, says the engine
  bool blocked = false;                       ///< the out-queue is full: calls wait for `room`
  bool ours = false;  ///< the worker runs a runtime of ours and reads our extensions
  bool any_answer = false;
  Bytes interfaces;                   ///< what the worker serves, as it told; empty: it did not
  std::optional<Failure> unsuitable;  ///< another interface than is expected, or protocol
  std::deque<Call*> queued;           ///< calls that wait for readiness or room, in order
  std::deque<Buffer> unsaid;          ///< credit, ends and cancels that wait for room, in order
  std::vector<Seat*> want_room;       ///< whose threads wait to send an item

  // The end
  std::uint64_t written = 0;  ///< of the lost connection, see transport::Event
  std::optional<ExitStatus> exit;
  bool settled = false;  ///< over: its calls have ended, nothing happens here any more
};

}  // namespace multifrost::session
