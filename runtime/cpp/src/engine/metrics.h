// Counts a parent's calls and their latencies (spec 7.4).
//
//   began → in flight → answered | failed        total = successful + failed + in flight, always
//
// Recording costs a few instructions and allocates nothing. Pure; the caller's lock protects it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/histogram.h"
#include "multifrost/metrics.h"

namespace multifrost::engine {

class CallMetrics {
 public:
  using Duration = std::chrono::nanoseconds;

  void began() noexcept { ++total_; }
  /// Ended by the worker's answer, `latency` after it began.
  void answered(bool success, Duration latency) noexcept {
    ++(success ? successful_ : failed_);
    latencies_.add(latency);
  }
  /// Ended in any other way.
  void failed() noexcept { ++failed_; }
  /// Never began: the circuit is open.
  void refused() noexcept { ++refused_; }
  /// The breaker has opened.
  void tripped() noexcept { ++trips_; }
  void beat(Duration round_trip) noexcept { round_trip_ = round_trip; }

  Metrics snapshot() const noexcept;
  /// Counts anew: calls in flight are the first of the new count; the last round trip stays.
  void reset() noexcept;

 private:
  std::uint64_t in_flight() const noexcept { return total_ - successful_ - failed_; }

  std::uint64_t total_ = 0;
  std::uint64_t successful_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t trips_ = 0;
  std::optional<Duration> round_trip_;
  Histogram latencies_;
};

}  // namespace multifrost::engine
