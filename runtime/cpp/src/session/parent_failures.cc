// Why a call is not begun, and what one that has failed tells its caller.
#include <string>
#include <utility>

#include "session/parent_session.h"
#include "session/timeout_text.h"

namespace multifrost::session {
namespace {

using engine::Ending;
using engine::Verdict;

Execution execution_of(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::not_executed:
      return Execution::not_executed;
    case Verdict::executed:
      return Execution::executed;
    case Verdict::unknown:
      break;
  }
  return Execution::unknown;
}

}  // namespace

/// Under the lock.
std::optional<Failure> ParentSession::refusal(const Method& method, bool has_deadline) {
  const auto refused = [&](ErrorCode code, const std::string& why) {
    return Failure(code, Execution::not_executed, std::string(method.label) + ": " + why);
  };
  using Refusal = engine::ParentEngine::Refusal;
  switch (engine_.refusal(has_deadline, Clock::now())) {
    case Refusal::none:
      break;
    case Refusal::not_started:
      return refused(ErrorCode::not_started, name_ + " has not been started; call start() first");
    case Refusal::closed:
      return refused(ErrorCode::closed, name_ + " has been closed");
    case Refusal::ended:
      return refused(ErrorCode::circuit_open, ended_->message() + "; start() runs it again");
    case Refusal::away:
      return refused(ErrorCode::connection,
                     name_ + " is away and being looked for; only calls with a timeout wait");
    case Refusal::circuit_open:
      return refused(ErrorCode::circuit_open, circuit_text());
  }
  return std::nullopt;
}

Failure ParentSession::failure_of(const Call& call, Ending by, Verdict verdict) const {
  const std::string label(call.method->label);
  FailureData data;
  data.execution = execution_of(verdict);
  switch (by) {
    case Ending::deadline: {
      TimeoutFacts facts;
      facts.label = call.method->label;
      facts.timeout = call.timeout.value_or(std::chrono::nanoseconds(0));
      facts.sent = verdict != Verdict::not_executed;
      facts.name_space = name_space_of(*call.method, call.other_name_space);
      std::string errors;
      if (const engine::Heartbeat* const beats = engine_.heartbeat()) {
        if (const auto echo = beats->last_echo()) facts.heartbeat_age = Clock::now() - *echo;
        facts.heartbeat_misses = beats->misses();
      }
      if (link_) {
        facts.any_answer = link_->any_answer;
        errors = link_->output->last_errors();
        facts.last_errors = errors;
      }
      data.code = ErrorCode::timeout;
      data.message = timeout_text(facts);
      break;
    }
    case Ending::cancel:
      data.code = ErrorCode::cancelled;
      data.message = label + ": cancelled by the caller";
      break;
    case Ending::worker_exit:
      data.code = ErrorCode::worker_exited;
      data.message = label + ": " + (ended_ ? ended_->message() : name_ + " ended");
      data.exit = ended_ ? ended_->exit_status() : ExitStatus{};
      break;
    case Ending::close:
      data.code = ErrorCode::closed;
      data.message = label + ": " + name_ + " was closed before it answered";
      break;
    case Ending::connection_lost:
    case Ending::answer:
      data.code = ErrorCode::connection;
      data.message = label + ": the connection to " + name_ + " was lost";
      break;
  }
  return Failure(std::move(data));
}

}  // namespace multifrost::session
