#include "multifrost/runtime.h"

#include "session/default_executor.h"
#include "session/process_epoch.h"
#include "session/runtime_core.h"
#include "transport/direct/direct_factory.h"
#include "transport/libzmq/zmq_factory.h"

namespace multifrost {

Runtime::Core::Core(RuntimeOptions options)
    : process_epoch(session::process_epoch()),
      log(std::move(options.log), options.log_level),
      executor(options.executor ? std::move(options.executor)
                                : std::make_shared<session::DefaultExecutor>(log)),
      transports(options.transport == TransportKind::libzmq ? transport::make_zmq_factory()
                                                            : transport::make_direct_factory()) {}

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
