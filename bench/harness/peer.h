// What every measured system implements: the same few operations, each answer verified.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/payload.h"
#include "harness/settings.h"

namespace bench {

/// Something that one thread makes calls with.
class Caller {
 public:
  virtual ~Caller() = default;
  virtual std::int64_t add(std::int64_t a, std::int64_t b) = 0;
  /// Sends the payload, and gives what came back to `check`.
  virtual void echo(const std::string& payload, const EchoCheck& check) = 0;
};

class Peer {
 public:
  virtual ~Peer() = default;

  /// Starts the server and connects to it.
  virtual void start(const Settings& settings) = 0;
  virtual Caller& caller() = 0;
  /// Every server process that runs, for CPU time and memory.
  virtual std::vector<pid_t> servers() const = 0;

  /// Makes `count` additions with `window` of them in flight, and verifies each; false: this system
  /// cannot have that many in flight.
  virtual bool pipeline(std::uint64_t count, std::size_t window) = 0;

  /// Milliseconds that the slowest heartbeat took while the server was busy with one call for a
  /// third of a second; nothing: this system has no heartbeats of its own.
  virtual std::optional<double> busy_heartbeat_ms() { return std::nullopt; }

  /// For one more thread, over the one connection; null: not offered. Called in that thread.
  virtual std::unique_ptr<Caller> sharing_caller() { return nullptr; }
  /// In the main thread, before separate_caller() is called in any: starts what dies with the
  /// thread that starts it.
  virtual void before_separate_callers() {}
  /// The same as sharing_caller(), over a connection of its own.
  virtual std::unique_ptr<Caller> separate_caller() { return nullptr; }
};

/// The arguments of the n-th pipelined addition, and its answer.
struct Sum {
  explicit Sum(std::uint64_t number) noexcept
      : a(static_cast<std::int64_t>(number * 3)), b(static_cast<std::int64_t>(number * 5 + 1)) {}
  std::int64_t answer() const noexcept { return a + b; }

  std::int64_t a;
  std::int64_t b;
};

}  // namespace bench
