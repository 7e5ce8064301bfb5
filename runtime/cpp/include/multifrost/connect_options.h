// How to connect to a service (spec 5.2), and how to keep in touch with it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "multifrost/chrono.h"
#include "multifrost/reliability.h"

namespace multifrost {

class OutputSink;

struct ConnectOptions {
  /// Until the service is found; and as long again until it answers (spec 5.2).
  std::chrono::nanoseconds timeout = std::chrono::seconds(5);
  /// Spec 4.1 `defaultTimeout`, for calls that have none of their own; none by default.
  std::optional<std::chrono::nanoseconds> default_timeout = std::nullopt;
  std::chrono::nanoseconds heartbeat_interval = std::chrono::seconds(5);  ///< spec 7.2; zero: none
  std::chrono::nanoseconds heartbeat_timeout = std::chrono::seconds(3);   ///< spec 7.2
  int heartbeat_max_misses = 3;                                           ///< spec 7.2
  /// Echoes that tell of one handler running for longer than this count as missed; zero: never.
  std::chrono::nanoseconds handler_stall_timeout = std::chrono::nanoseconds(0);
  /// Looks for the service again when it has gone, for as long as it takes. Meanwhile calls with a
  /// deadline wait for it, others fail with ConnectionError, not executed.
  bool reconnect = true;
  RestartBackoff reconnect_backoff = {};
  CircuitOptions circuit = {};
  std::shared_ptr<OutputSink> output = nullptr;  ///< null: print with the prefix of spec 8.1
  bool absent_result_is_zero = false;            ///< idl rule 15, `absent_result = zero_value`
  /// False: generated clients call a service of another version of their interface, too.
  bool check_interface = true;
  /// Where the registry is; empty: `~/.multifrost` (spec 3.4).
  std::string registry_folder = {};
};

}  // namespace multifrost
