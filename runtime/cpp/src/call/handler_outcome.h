// What becomes of a handler: runs it, and turns whatever it throws into the failure that answers
// the call.
//
// The one place where the runtime catches user code's exceptions on the worker's side (spec 9.2):
// sessions and in_process use it alike.
#pragma once

#include "multifrost/dispatcher.h"

namespace multifrost::call {

/// Serves `call`; it has been answered when this returns. Nothing escapes (but a thread's
/// cancellation).
void run(Dispatcher& worker, IncomingCall& call);

/// The failure for the exception that is being handled: call it in a catch block.
/// "Type: message" with the demangled type; an InterfaceError keeps its type and fields.
Failure handler_failure();

}  // namespace multifrost::call
