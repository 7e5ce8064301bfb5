// What a handler may know of the call that it serves. Valid while the handler runs; any thread may
// read it.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "multifrost/chrono.h"
#include "multifrost/stop.h"

namespace multifrost {

class CallContext {
 public:
  using Clock = std::chrono::steady_clock;

  CallContext() = default;
  CallContext(std::string_view peer, std::string_view id, std::string_view name_space,
              std::optional<Clock::time_point> deadline, StopToken stop)
      : peer_(peer),
        id_(id),
        name_space_(name_space),
        deadline_(deadline),
        stop_(std::move(stop)) {}
  /// For sessions, which keep one for many calls: of everything but the stop token.
  void begin(std::string_view peer, std::string_view id, std::string_view name_space,
             const std::optional<Clock::time_point>& deadline) noexcept {
    peer_ = peer;
    id_ = id;
    name_space_ = name_space;
    deadline ? void(deadline_.emplace(*deadline)) : deadline_.reset();
    traceparent_ = tracestate_ = {};
  }
  /// The same: calls that begin from now on have another one.
  void set_stop(StopToken stop) noexcept { stop_ = std::move(stop); }
  /// The same: a trace as it came; kept if it is valid (multifrost/trace_context.h).
  void set_trace(std::string_view traceparent, std::string_view tracestate) noexcept;

  /// When the caller stops waiting, if it said so.
  std::optional<Clock::time_point> deadline() const noexcept { return deadline_; }
  /// Stopped when the caller cancels, the connection is lost or the worker shuts down. A copy may
  /// outlive the handler. As a std::stop_token: include multifrost/stop_token.h.
  const StopToken& stop() const noexcept { return stop_; }
  /// Names the calling parent for logs; unique among the parents of this worker.
  std::string_view peer() const noexcept { return peer_; }
  /// The call's id on the wire, for correlation in logs.
  std::string_view id() const noexcept { return id_; }
  std::string_view name_space() const noexcept { return name_space_; }
  /// W3C trace context of the caller; empty when it sent none, or one that is not valid.
  std::string_view traceparent() const noexcept { return traceparent_; }
  std::string_view tracestate() const noexcept { return tracestate_; }

 private:
  std::string_view peer_;
  std::string_view id_;
  std::string_view name_space_;
  std::optional<Clock::time_point> deadline_;
  StopToken stop_;
  std::string_view traceparent_;
  std::string_view tracestate_;
};

}  // namespace multifrost
