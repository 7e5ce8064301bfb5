// What a handler may know of the call that it serves. Valid while the handler runs; any thread may
// read it.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string_view>

namespace multifrost {

class CallContext {
 public:
  using Clock = std::chrono::steady_clock;

  CallContext() = default;
  CallContext(std::string_view peer, std::string_view id, std::string_view name_space,
              std::optional<Clock::time_point> deadline, std::stop_token stop)
      : peer_(peer),
        id_(id),
        name_space_(name_space),
        deadline_(deadline),
        stop_(std::move(stop)) {}

  /// When the caller stops waiting, if it said so.
  std::optional<Clock::time_point> deadline() const noexcept { return deadline_; }
  /// Stopped when the caller cancels, the connection is lost or the worker shuts down.
  const std::stop_token& stop() const noexcept { return stop_; }
  /// Names the calling parent for logs; unique among the parents of this worker.
  std::string_view peer() const noexcept { return peer_; }
  /// The call's id on the wire, for correlation in logs.
  std::string_view id() const noexcept { return id_; }
  std::string_view name_space() const noexcept { return name_space_; }

 private:
  std::string_view peer_;
  std::string_view id_;
  std::string_view name_space_;
  std::optional<Clock::time_point> deadline_;
  std::stop_token stop_;
};

}  // namespace multifrost
