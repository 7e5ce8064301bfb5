// What a worker in this process answers, as it would travel.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "call/remote_error.h"
#include "multifrost/channel.h"
#include "multifrost/dispatcher.h"

namespace multifrost::call {

class InProcessAnswer : public AnswerSink {
 public:
  explicit InProcessAnswer(Format format) : result_({}, format) {}

  Encoder& begin_result() override { return result_; }
  void finish_result() override {
    if (!result_.finish()) failure_ = result_.failure("result");
  }
  void fail(const Failure& failure) override { failure_ = failure; }

  Reply reply(const Method& method) && {
    if (!failure_) return Reply(method, share(result_.take_buffer()), result_.format());
    const std::string text = error_text(*failure_);
    const bool declared = failure_->code() == ErrorCode::declared;
    return Reply(
        method,
        remote_failure(method, {.text = text,
                                .code = static_cast<std::uint64_t>(failure_->code()),
                                .executed = failure_->execution() != Execution::not_executed,
                                .type = declared ? failure_->remote_type() : std::string_view(),
                                .fields = failure_->data().details}));
  }

 private:
  Encoder result_;
  std::optional<Failure> failure_;
};

}  // namespace multifrost::call
