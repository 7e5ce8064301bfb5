#include "call/handler_outcome.h"

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <string>
#include <typeinfo>

#include "multifrost/error.h"

namespace multifrost::call {
namespace {

std::string demangled(const std::type_info* type) {
  if (type == nullptr) return "unknown exception";
  int status = 0;
  char* name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string text = name != nullptr ? name : type->name();
  std::free(name);
  return text;
}

Failure undeclared(const std::string& message) {
  std::string type = demangled(abi::__cxa_current_exception_type());
  std::string text = message.empty() ? type : type + ": " + message;
  return Failure(FailureData{.code = ErrorCode::remote,
                             .execution = Execution::executed,
                             .message = std::move(text),
                             .remote_type = std::move(type)});
}

Failure declared(const InterfaceError& error) {
  Encoder details;
  if (!error.write_details(details)) {
    return details.failure("error " + std::string(error.type().simple_name));
  }
  FailureData data = error.failure().data();
  data.code = ErrorCode::declared;
  data.execution = Execution::executed;
  data.declared = &error.type();
  data.remote_type = error.type().name;
  data.details = share(details.take_buffer());
  return Failure(std::move(data));
}

}  // namespace

Failure handler_failure() {
  try {
    throw;
  } catch (const InterfaceError& error) {
    return declared(error);
  } catch (const std::exception& error) {
    return undeclared(error.what());
  } catch (const abi::__forced_unwind&) {
    throw;  // pthread_cancel: must go on
  } catch (const std::string& text) {
    return undeclared(text);
  } catch (const char* text) {
    return undeclared(text != nullptr ? text : "");
  } catch (int number) {
    return undeclared(std::to_string(number));
  } catch (...) {
    return undeclared("an exception that is no std::exception");
  }
}

[[gnu::hot]] void run(Dispatcher& worker, IncomingCall& call) {
  try {
    worker.dispatch(call);
  } catch (...) {
    const Failure failure = handler_failure();
    if (!call.answered()) call.fail(failure);
    return;
  }
  if (!call.answered()) {
    call.fail(Failure(ErrorCode::internal, Execution::executed,
                      std::string(call.function()) + ": the handler ended without an answer"));
  }
}

}  // namespace multifrost::call
