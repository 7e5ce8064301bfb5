// What a parent tells a worker through the environment: read once, then removed (R6), or a service
// started inside a worker would join the wrong parent.
//
//   COMLINK_ZMQ_PORT      port on 127.0.0.1, 1024-65535 (spec 5.1)
//   MULTIFROST_ENDPOINT   "<path of a Unix socket> <token>"; preferred, only our own parents set it
//   MULTIFROST_STDIO      "pipe": the parent owns the pipes on descriptors 1 and 2 (R8), and stdin
//   is the
//                         lifeline (R7)
//
// take() changes the process environment: call it while no other thread reads it, that is, at the
// start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "multifrost/result.h"

namespace multifrost::process {

struct UnixEndpoint {
  std::string path;
  std::string token;
};

struct ChildEnvironment {
  std::optional<UnixEndpoint> endpoint;
  std::optional<std::uint16_t> port;
  bool stdio_is_pipe = false;

  /// Reads and removes every COMLINK_* and MULTIFROST_* variable. Neither port nor endpoint set:
  /// both stay empty. A bad value is a failure (ErrorCode::connection) that quotes it.
  static Result<ChildEnvironment> take();
};

}  // namespace multifrost::process
