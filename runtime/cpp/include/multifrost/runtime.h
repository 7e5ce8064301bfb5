// What the workers of a program share (R10): supervisor thread, spawner thread, executor, clock,
// log sink.
//
// Most programs never name it: the default runtime is created on first use and never destroyed, so
// that clients of static duration are safe. Threads start when they are first needed.
#pragma once

#include <cstdint>
#include <memory>

#include "multifrost/executor.h"
#include "multifrost/log.h"

namespace multifrost {

/// What moves messages between a parent and its workers; both speak the same wire.
enum class TransportKind : std::uint8_t {
  direct,  ///< ZMTP 3 on the callers' own threads: the fast one
  libzmq,  ///< libzmq, with threads of its own; cannot refuse strangers on a parent's port
};

struct RuntimeOptions {
  std::shared_ptr<Executor> executor = nullptr;  ///< null: one thread of the runtime's own
  std::shared_ptr<LogSink> log = nullptr;        ///< null: silent; docs/logging.md has the events
  LogLevel log_level = LogLevel::info;           ///< the least that `log` is told
  TransportKind transport = TransportKind::direct;
};

class Runtime {
 public:
  explicit Runtime(RuntimeOptions options = {});
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  /// Every worker of this runtime must have been destroyed before. Joins its threads.
  ~Runtime();

  static Runtime& default_runtime();

  /// For the library's own parts.
  class Core;
  Core& core() noexcept { return *core_; }

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace multifrost
