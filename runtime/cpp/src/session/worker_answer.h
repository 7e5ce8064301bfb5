// The answer to one call on its way to the parent that asked (AnswerSink for v3 and its kin).
//
// One object serves one call after another and keeps its buffer, so that a small answer allocates
// nothing. One thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "multifrost/dispatcher.h"
#include "protocol/protocol.h"
#include "session/log.h"
#include "transport/transport.h"

namespace multifrost::session {

class WorkerStream;

class WorkerAnswer final : public AnswerSink {
 public:
  using OpenStream = std::function<std::shared_ptr<WorkerStream>(const Method& method)>;

  /// `worker` stands in the log.
  WorkerAnswer(const protocol::Protocol& protocol, const Log& log, std::string_view worker) noexcept
      : protocol_(protocol), log_(log), worker_(worker), encoder_({}, protocol.format()) {}

  /// From now on for this call, whose frame must live until the answer, as `outlet` must.
  void open(transport::Outlet& outlet, const protocol::Message& call) noexcept;
  /// Whether the answer leaves at once or with the next ones; `now` for each call until told.
  void set_urgency(transport::Urgency urgency) noexcept { urgency_ = urgency; }

  /// How a call gets its stream; without it, and for calls that need none, there is none.
  void lend_streams(OpenStream open) { open_ = std::move(open); }

  /// When the answer was written.
  protocol::Time written_at() const noexcept { return written_at_; }

  Encoder& begin_result() override;
  void finish_result() override;
  void fail(const Failure& failure) override;
  std::shared_ptr<StreamPort> open_stream(const Method& method) override;

 private:
  std::optional<Failure> end_stream(const Failure* handlers);
  void write_failure(const Failure& failure);
  void record(std::string_view text) const;
  void send();

  const protocol::Protocol& protocol_;
  const Log& log_;
  const std::string_view worker_;
  Encoder encoder_;
  transport::Outlet* outlet_ = nullptr;
  std::string_view id_;
  std::string_view function_;
  std::string_view traceparent_;
  transport::Urgency urgency_ = transport::Urgency::now;
  protocol::Time written_at_{};
  OpenStream open_;
  std::shared_ptr<WorkerStream> stream_;  ///< the open call's
};

}  // namespace multifrost::session
