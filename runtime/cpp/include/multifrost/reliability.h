// What a parent does about a worker that fails: stop calling it, start it again (spec 7).
#pragma once

#include <optional>

#include "multifrost/chrono.h"

namespace multifrost {

/// The circuit breaker (spec 7.1): after so many failures in a row, or after missed heartbeats,
/// calls fail at once with CircuitOpenError and nothing is sent. While the worker lives, heartbeats
/// go on as probes, the first after half a second, then ever later up to one; the first that is
/// answered closes the circuit.
struct CircuitOptions {
  bool enabled = true;
  /// Failed calls in a row: undeclared errors, and deadlines that passed after the call was sent.
  /// Errors of the interface and mistakes of the caller (no such function) count as success.
  /// Unset: max_restart_attempts, but at least 1 (spec 7.1); 5 for a service.
  std::optional<int> threshold = std::nullopt;
  /// Counts as the letter of spec 7.1 has it: errors that the interface declares, and calls that
  /// were never sent, are failures too.
  bool literal_counting = false;
  /// Probes with calls, as the letter of spec 7.1 has it: in place of a heartbeat one call at a
  /// time is let through, waited for until it ends or for 30 s (then the next one may go), and its
  /// success closes the circuit.
  bool probe_by_call = false;
};

/// How long to wait before a worker is started again, or a service looked for again (spec 7.3):
/// the delay doubles with each attempt in a row, and between half and all of it is waited.
struct RestartBackoff {
  std::chrono::nanoseconds first = std::chrono::milliseconds(100);
  std::chrono::nanoseconds longest = std::chrono::seconds(5);
  /// A worker that was ready for so long has recovered: its next end is the first again.
  std::chrono::nanoseconds stable_after = std::chrono::seconds(10);
};

}  // namespace multifrost
