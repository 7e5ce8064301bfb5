// What went wrong with a call, as a value: a stable code, whether the worker ran it, and all that
// is known.
//
// `Result<T>` carries a Failure; the throwing calls raise the exception that belongs to it
// (error.h). A Failure is an immutable, cheaply copied value; any thread may read it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "multifrost/bytes.h"

namespace multifrost {

/// Stable: the numbers travel in `metadata.mf.code` and never change their meaning.
enum class ErrorCode : std::uint16_t {
  remote = 1,         ///< the worker answered with an undeclared error (spec 9.1 RemoteCallError)
  declared = 2,       ///< the worker answered with an error of the interface's `throws` list
  worker_exited = 3,  ///< the worker's process ended before it answered
  timeout = 4,        ///< the deadline passed (spec 6.2); see also `expired`
  cancelled = 5,      ///< the caller's stop token or Pending::cancel()
  circuit_open = 6,   ///< refused without network traffic (spec 7.1)
  connection = 7,     ///< no connection, or it was lost (spec 9.1)
  registry = 8,       ///< the service registry (spec 3.4)
  decode = 9,         ///< the answer does not fit the interface
  invalid_argument = 10,  ///< an argument does not fit the interface; nothing was sent or run
  function_not_found = 11,
  private_function = 12,
  not_callable = 13,
  overloaded = 14,
  shutting_down = 15,
  expired = 16,  ///< the deadline had passed before the worker began, and the worker was first to
                 ///< tell; raises TimeoutError as `timeout` does
  unimplemented = 17,  ///< a feature that this worker or protocol does not have
  wrong_process = 18,  ///< used after fork() in the child
  not_started = 19,    ///< a call before start()
  closed = 20,         ///< a call after close()
  spawn = 21,          ///< the worker's process could not be started
  encode = 22,         ///< the handler's result could not be encoded
  internal = 23,
  interface_mismatch = 24,  ///< the worker serves another version of the interface, or another one
};

/// Whether the handler ran (R4): what a caller must know before it tries again.
enum class Execution : std::uint8_t { not_executed, executed, unknown };

std::string_view to_string(ErrorCode code) noexcept;
std::string_view to_string(Execution execution) noexcept;

class Failure;

/// Describes an error declared in an interface; generated code has one constant for each.
struct ErrorType {
  std::string_view name;                      ///< full name, "acme.vision.NotFound"
  std::string_view simple_name;               ///< the prefix of the error string, "NotFound"
  const std::string_view* matches = nullptr;  ///< foreign prefixes from @match
  std::size_t match_count = 0;
  void (*raise)(const Failure& failure) = nullptr;  ///< throws the generated class, never returns
};

/// How a worker process ended, when that is known.
struct ExitStatus {
  std::optional<int> code;    ///< exit code, if it exited
  std::optional<int> signal;  ///< signal number, if it was killed
  std::string last_output;    ///< the last lines that it wrote, oldest first
};

struct FailureData {
  ErrorCode code = ErrorCode::internal;
  Execution execution = Execution::unknown;
  std::string message = {};             ///< complete sentence for people, naming the call
  std::string remote_type = {};         ///< "KeyError", "acme.vision.NotFound"; empty when unknown
  std::string traceback = {};           ///< the remote traceback, empty when there is none
  const ErrorType* declared = nullptr;  ///< set for ErrorCode::declared
  Bytes details = {};  ///< a declared error's fields as one msgpack map; empty when none came
  std::optional<ExitStatus> exit = {};
};

class Failure {
 public:
  Failure(ErrorCode code, Execution execution, std::string message);
  explicit Failure(FailureData data);
  // Out of line, all of them: failures are rare, and every call site would carry the code.
  Failure(const Failure& other) noexcept;
  Failure(Failure&& other) noexcept;
  Failure& operator=(const Failure& other) noexcept;
  Failure& operator=(Failure&& other) noexcept;
  ~Failure();

  ErrorCode code() const noexcept { return data_->code; }
  Execution execution() const noexcept { return data_->execution; }
  const std::string& message() const noexcept { return data_->message; }
  const std::string& remote_type() const noexcept { return data_->remote_type; }
  const std::string& traceback() const noexcept { return data_->traceback; }
  const std::optional<ExitStatus>& exit_status() const noexcept { return data_->exit; }
  const FailureData& data() const noexcept { return *data_; }

  /// The declared error `E` if that is what this is: `if (auto missing = failure.as<NotFound>()) …`
  template <class E>
  std::optional<E> as() const {
    if (data_->declared != &E::kType) return std::nullopt;
    return E(*this);
  }

  /// Throws the exception that belongs to this failure (error.h, or the generated class).
  [[noreturn]] void raise() const;

 private:
  std::shared_ptr<const FailureData> data_;
};

/// "timeout (not executed): …": one line for logs.
std::string to_string(const Failure& failure);

}  // namespace multifrost
