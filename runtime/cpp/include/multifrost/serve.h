// Serves worker objects as the main job of a program: `int main() { return
// multifrost::serve(detector); }`, or, as a service that parents find by name,
// `multifrost::serve(detector, "vision")`.
//
// Blocks until SIGINT or SIGTERM; started by a parent, also until its shutdown message or its loss
// (spec 4.2 run()). The handlers run on the calling thread, or, with ChildOptions::concurrency
// above 1, on so many others. Installs signal handlers for the time that it runs. Returns the exit
// status: 0 after an ordinary end, 1 after one that standard error explains (no port in the
// environment and no service id, a service id that is taken, …).
#pragma once

#include <string>

#include "multifrost/child_options.h"
#include "multifrost/dispatcher.h"

namespace multifrost {

/// With a `service_id` the worker is a service when no parent has started it (spec 5.2).
int serve(Dispatcher& worker, const std::string& service_id = {});
int serve(Dispatcher& worker, const ChildOptions& options);

}  // namespace multifrost
