#include "multifrost/failure.h"

#include "multifrost/error.h"

namespace multifrost {

Failure::Failure(ErrorCode code, Execution execution, std::string message)
    : Failure(FailureData{.code = code, .execution = execution, .message = std::move(message)}) {}

Failure::Failure(FailureData data) {
  // WorkerExitedError hands out an exit status: there always is one, if only "unknown".
  if (data.code == ErrorCode::worker_exited && !data.exit) data.exit.emplace();
  data_ = std::make_shared<const FailureData>(std::move(data));
}

Failure::Failure(const Failure&) noexcept = default;
Failure::Failure(Failure&&) noexcept = default;
Failure& Failure::operator=(const Failure&) noexcept = default;
Failure& Failure::operator=(Failure&&) noexcept = default;
Failure::~Failure() = default;

void Failure::raise() const {
  switch (code()) {
    case ErrorCode::declared:
      if (data_->declared != nullptr && data_->declared->raise != nullptr) {
        data_->declared->raise(*this);
      }
      throw RemoteCallError(*this);
    case ErrorCode::worker_exited:
      throw WorkerExitedError(*this);
    case ErrorCode::timeout:
    case ErrorCode::expired:
      throw TimeoutError(*this);
    case ErrorCode::cancelled:
      throw CancelledError(*this);
    case ErrorCode::circuit_open:
      throw CircuitOpenError(*this);
    case ErrorCode::connection:
      throw ConnectionError(*this);
    case ErrorCode::registry:
      throw RegistryError(*this);
    case ErrorCode::decode:
      throw DecodeError(*this);
    case ErrorCode::invalid_argument:
      throw InvalidArgumentError(*this);
    case ErrorCode::unimplemented:
      throw UnimplementedError(*this);
    case ErrorCode::wrong_process:
      throw WrongProcessError(*this);
    case ErrorCode::not_started:
    case ErrorCode::closed:
      throw StateError(*this);
    case ErrorCode::spawn:
      throw SpawnError(*this);
    case ErrorCode::interface_mismatch:
      throw InterfaceMismatchError(*this);
    case ErrorCode::remote:
    case ErrorCode::function_not_found:
    case ErrorCode::private_function:
    case ErrorCode::not_callable:
    case ErrorCode::overloaded:
    case ErrorCode::shutting_down:
    case ErrorCode::encode:
      throw RemoteCallError(*this);
    case ErrorCode::internal:
      break;
  }
  throw Error(*this);
}

Failure declared_failure(const ErrorType& type, std::string_view message) {
  std::string text(type.simple_name);
  if (!message.empty()) text.append(": ").append(message);
  return Failure(FailureData{.code = ErrorCode::declared,
                             .execution = Execution::executed,
                             .message = std::move(text),
                             .remote_type = std::string(type.name),
                             .declared = &type});
}

std::string_view to_string(ErrorCode code) noexcept {
  constexpr std::string_view names[] = {"unknown",
                                        "remote",
                                        "declared",
                                        "worker_exited",
                                        "timeout",
                                        "cancelled",
                                        "circuit_open",
                                        "connection",
                                        "registry",
                                        "decode",
                                        "invalid_argument",
                                        "function_not_found",
                                        "private_function",
                                        "not_callable",
                                        "overloaded",
                                        "shutting_down",
                                        "expired",
                                        "unimplemented",
                                        "wrong_process",
                                        "not_started",
                                        "closed",
                                        "spawn",
                                        "encode",
                                        "internal",
                                        "interface_mismatch"};
  const auto number = static_cast<std::size_t>(code);
  return names[number < std::size(names) ? number : 0];
}

std::string_view to_string(Execution execution) noexcept {
  switch (execution) {
    case Execution::not_executed:
      return "not executed";
    case Execution::executed:
      return "executed";
    case Execution::unknown:
      break;
  }
  return "execution unknown";
}

std::string to_string(const Failure& failure) {
  return std::string(to_string(failure.code())) + " (" +
         std::string(to_string(failure.execution())) + "): " + failure.message();
}

}  // namespace multifrost
