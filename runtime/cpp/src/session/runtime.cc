#include "multifrost/runtime.h"

#include "session/default_executor.h"
#include "session/process_epoch.h"
#include "session/runtime_core.h"
#include "transport/direct/direct_factory.h"
#include "transport/libzmq/zmq_factory.h"

namespace multifrost {

Runtime::Core::Core(RuntimeOptions options)
    : process_epoch(session::process_epoch()),
      log_sink(std::move(options.log)),
      executor(options.executor ? std::move(options.executor)
                                : std::make_shared<session::DefaultExecutor>(log_sink)),
      transports(options.transport == TransportKind::libzmq ? transport::make_zmq_factory()
                                                            : transport::make_direct_factory()) {}

void Runtime::Core::log(LogLevel level, std::string_view event, std::string_view message,
                        std::string_view worker, std::string_view call_id) const {
  if (!log_sink) return;
  log_sink->write(
      {.level = level, .event = event, .message = message, .worker = worker, .call_id = call_id});
}

Runtime::Runtime(RuntimeOptions options) : core_(std::make_unique<Core>(std::move(options))) {}

Runtime::~Runtime() {
  // In a child of fork() its threads are not there to be joined (R10).
  if (core_->process_epoch != session::process_epoch()) static_cast<void>(core_.release());
}

Runtime& Runtime::default_runtime() {
  static Runtime* const runtime = new Runtime();  // never destroyed: clients of static duration
  return *runtime;
}

}  // namespace multifrost
