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
#include "transport/transport.h"

namespace multifrost::session {

class WorkerStream;

class WorkerAnswer final : public AnswerSink {
 public:
  using OpenStream = std::function<std::shared_ptr<WorkerStream>(const Method& method)>;

  WorkerAnswer(transport::Transport& transport, const protocol::Protocol& protocol) noexcept
      : transport_(transport), protocol_(protocol), encoder_({}, protocol.format()) {}

  /// From now on for the call `id` of `peer`; `id` must live until the answer.
  void open(transport::PeerId peer, std::string_view id) noexcept;
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
  void send();

  transport::Transport& transport_;
  const protocol::Protocol& protocol_;
  Encoder encoder_;
  transport::PeerId peer_ = transport::PeerId::none;
  std::string_view id_;
  transport::Urgency urgency_ = transport::Urgency::now;
  protocol::Time written_at_{};
  OpenStream open_;
  std::shared_ptr<WorkerStream> stream_;  ///< the open call's
};

}  // namespace multifrost::session
