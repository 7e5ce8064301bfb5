// A parent's call with a stream: an asynchronous call, and the port to its items.
//
// The ledger keeps it open until the worker's answer, which ends the items (R4); what came before
// is read afterwards. Three threads may wait for it at once, one in each seat: for an item, for
// credit, and for the outcome. Whoever waits may lead (R1), so an item needs no hand-over.
//
//   phase    | item, credit                    | answer, or any failure   | cancel, reader dropped
//   ---------+---------------------------------+--------------------------+-----------------------
//   queued   | (impossible)                    | ended                    | ended, never sent
//   sent     | kept, wakes the reader; counted | ended                    | ended, worker told
//   ended    | late: a counter rises           | (R4: exactly once)       | (nothing)
//
// An end that is written before the call has left waits for it. What belongs to the writer's thread
// alone is `item_`; everything else belongs to the session's lock.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "engine/stream_flow.h"
#include "multifrost/stream.h"
#include "session/call.h"

namespace multifrost::session {

class StreamCall final : public AsyncCall, public StreamPort {
 public:
  StreamCall(std::shared_ptr<ParentSession> session, StreamKind kind) noexcept;
  ~StreamCall() override;

  /// Somebody who waits for this call reads the connection.
  bool leads() const noexcept { return reader_.leads || writer_.leads; }

  // parent_streams.cc
  Result<std::optional<StreamItem>> next() override;
  Encoder& begin_item() override;
  Result<void> send_item() override;
  Failure discard_item() override;
  Result<void> finish() override;
  void give_up() noexcept override;
  void cancel() noexcept override;

 private:
  friend class ParentSession;

  std::optional<Failure> misplaced() const;
  bool in_a_burst(std::chrono::steady_clock::time_point now) noexcept;

  engine::StreamIntake intake_;
  engine::StreamOutflow outflow_;
  std::deque<Bytes> items_;         ///< not read yet, each sharing its frame; at most a window
  std::uint64_t given_ = 0;         ///< items that the reader has got
  std::optional<Failure> failure_;  ///< how the call has ended, when it has and not well
  struct End {
    std::optional<std::string> error;
  };
  std::optional<End> unsaid_end_;  ///< of the caller's items, until the call itself has left
  Seat reader_;
  Seat writer_;
  std::chrono::steady_clock::time_point written_at_{};
  unsigned burst_ = 0;  ///< items that have followed each other fast
  Encoder item_;
};

}  // namespace multifrost::session
