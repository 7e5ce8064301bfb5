// Options of one call. They are given before the arguments: `worker.with({.timeout =
// 2s}).detect(…)`.
#pragma once

#include <optional>
#include <string>

#include "multifrost/chrono.h"
#include "multifrost/stop.h"

namespace multifrost {

struct CallOptions {
  /// Time for the whole call. Unset: the method's @timeout, else the worker's default, else none
  /// (spec 6.2).
  std::optional<std::chrono::nanoseconds> timeout = std::nullopt;
  /// Stopping it ends the call with CancelledError; the worker may still run it. Made of a
  /// std::stop_token: include multifrost/stop_token.h.
  StopToken stop = {};
  /// Empty: the interface's own, else "default" (spec 3.3).
  std::string name_space = {};
  /// W3C trace context that the worker's handler sees (multifrost/trace_context.h); empty or not
  /// valid: none is sent.
  std::string traceparent = {};
  std::string tracestate = {};
};

}  // namespace multifrost
