// The exceptions of the throwing calls (spec 9.1), one for each kind of failure, under one base.
//
//   Error ─┬─ RemoteCallError ─┬─ InterfaceError   declared in the .mfidl; generated classes derive
//   from it
//          │                   └─ WorkerExitedError
//          ├─ TimeoutError  CancelledError  CircuitOpenError  ConnectionError  RegistryError
//          ├─ DecodeError   InvalidArgumentError
//          └─ UnimplementedError  StateError  WrongProcessError  SpawnError
//             InterfaceMismatchError
//
// After any of them the object that threw is usable again. `execution()` tells whether the handler
// ran.
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "multifrost/failure.h"

namespace multifrost {

class Encoder;

class Error : public std::exception {
 public:
  explicit Error(Failure failure) : failure_(std::move(failure)) {}
  const char* what() const noexcept override { return failure_.message().c_str(); }

  const std::string& message() const noexcept { return failure_.message(); }
  ErrorCode code() const noexcept { return failure_.code(); }
  Execution execution() const noexcept { return failure_.execution(); }
  const Failure& failure() const noexcept { return failure_; }

 private:
  Failure failure_;
};

/// The worker answered with an error, or ended before it could.
class RemoteCallError : public Error {
 public:
  using Error::Error;
  /// "KeyError", "std::out_of_range"; empty when the worker's language does not tell.
  const std::string& remote_type() const noexcept { return failure().remote_type(); }
  const std::string& traceback() const noexcept { return failure().traceback(); }
};

/// Base of the errors that an interface declares; a worker throws the derived class, a caller
/// catches it.
class InterfaceError : public RemoteCallError {
 public:
  using RemoteCallError::RemoteCallError;
  /// The declared type; never fails.
  virtual const ErrorType& type() const noexcept = 0;
  /// Writes the error's fields as one map, for the way from worker to caller. False: `to` knows
  /// why.
  virtual bool write_details(Encoder& to) const = 0;
};

/// What a worker throws when it throws a declared error: "NotFound: no such image". For generated
/// code.
Failure declared_failure(const ErrorType& type, std::string_view message);

/// The worker's process ended; the calls that it had not answered fail with this (spec 6.3 "Child
/// crash").
class WorkerExitedError : public RemoteCallError {
 public:
  using RemoteCallError::RemoteCallError;
  const ExitStatus& exit_status() const noexcept { return *failure().exit_status(); }
};

class TimeoutError : public Error {
 public:
  using Error::Error;
};
class CancelledError : public Error {
 public:
  using Error::Error;
};
class CircuitOpenError : public Error {
 public:
  using Error::Error;
};
class ConnectionError : public Error {
 public:
  using Error::Error;
};
class RegistryError : public Error {
 public:
  using Error::Error;
};
/// The worker's answer does not fit the interface; the message names the value's path.
class DecodeError : public Error {
 public:
  using Error::Error;
};
/// An argument does not fit the interface (path in the message); nothing was sent.
class InvalidArgumentError : public Error {
 public:
  using Error::Error;
};
class UnimplementedError : public Error {
 public:
  using Error::Error;
};
/// A call before start() or after close().
class StateError : public Error {
 public:
  using Error::Error;
};
/// Used in a child of fork(): connections belong to the process that opened them.
class WrongProcessError : public Error {
 public:
  using Error::Error;
};
class SpawnError : public Error {
 public:
  using Error::Error;
};
/// The worker serves another interface than the client was generated for, or another version of it.
class InterfaceMismatchError : public Error {
 public:
  using Error::Error;
};

}  // namespace multifrost
