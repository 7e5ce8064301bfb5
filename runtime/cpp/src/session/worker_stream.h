// The worker's end of a stream call (wire page "Streams"): what its handler reads and writes.
//
//   state   | item, end, credit         | cancel, loss, shutdown, deadline | answer
//   --------+---------------------------+----------------------------------+----------------------
//   open    | kept, wakes the handler;  | failed                           | ended
//           | not as agreed: violated   |                                  |
//   failed, | (nothing)                 | (the first one stays)            | ended; violated: that
//   violated|                           |                                  | failure is the answer
//   ended   | (nothing)                 | (nothing)                        | (once only)
//
// Reading gives what came before the end; writing fails at once. No item leaves once the answer is
// being sent. A handler that waits on the session's fixed thread reads the connections meanwhile
// (WorkerSession::read_until), others wait for whoever does.
//
// Thread rule: as StreamPort; the rest from any thread. The session is used only until end().
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "engine/stream_flow.h"
#include "multifrost/stream.h"
#include "protocol/protocol.h"
#include "transport/transport.h"

namespace multifrost::session {

class WorkerSession;

class WorkerStream final : public StreamPort {
 public:
  struct Call {
    transport::PeerId peer;
    std::string id;
    std::uint64_t credit;                            ///< what the call itself brought
    std::chrono::steady_clock::time_point deadline;  ///< max(): none
  };
  WorkerStream(WorkerSession& session, const Method& method, Call call);

  // ---- the handler's

  Result<std::optional<StreamItem>> next() override;
  Encoder& begin_item() override;
  Result<void> send_item() override;
  Failure discard_item() override;
  Result<void> finish() override;
  void give_up() noexcept override;
  /// Nobody reads any more: what comes is dropped, and the caller's credit renewed, so that it can
  /// go on to its end.
  void cancel() noexcept override;

  // ---- the session's

  /// The caller may send its items.
  void welcome();
  /// An item, an end or a credit. False: the caller does not keep to the protocol, the call must
  /// stop.
  bool take(const protocol::Message& message, const Bytes& frame);
  /// Ends every wait; the first reason stays.
  void fail(ErrorCode why) noexcept;
  /// The call is being answered, `handlers`: with this failure. What it must be answered with
  /// instead, if anything.
  std::optional<Failure> end(const Failure* handlers);
  /// Whether somebody waits for an item or for credit.
  bool waits() const noexcept { return waiting_ > 0; }

 private:
  using Lock = std::unique_lock<std::mutex>;
  template <class Ready>
  void wait(Lock& lock, const Ready& ready);
  bool take_item(const protocol::Message& message, const Bytes& frame);
  bool violated(std::string_view why);
  void give_credit(std::uint64_t items);
  Failure failure(ErrorCode code, std::string_view why) const;
  Failure tell(Failure failure);

  WorkerSession& session_;
  const protocol::Protocol& protocol_;
  const Method& method_;
  const Call call_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<int> waiting_{0};
  engine::StreamIntake intake_;
  engine::StreamOutflow outflow_;
  std::deque<Bytes> items_;  ///< not read yet, each sharing its frame; at most a window
  std::uint64_t given_ = 0;  ///< items that the handler has got
  bool unread_ = false;      ///< nobody reads any more
  bool violated_ = false;
  bool ended_ = false;
  std::optional<Failure> fault_;          ///< ended every wait
  std::optional<Failure> input_failure_;  ///< the caller gave its items up; writing goes on
  std::optional<Failure> told_;           ///< what the handler has last been told of these
  Encoder item_;                          ///< the writing thread's
};

}  // namespace multifrost::session
