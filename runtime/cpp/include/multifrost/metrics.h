// Metrics of one worker, as its parent sees it (spec 7.4), and their text for Prometheus.
//
//   multifrost::Metrics now = worker.metrics();
//   std::string page = multifrost::prometheus_text({{{"worker", "detector"}}, now});
//
// A snapshot is a plain value: nothing changes it, any thread may read it. Nothing here blocks or
// fails (but std::bad_alloc).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace multifrost {

/// Counts are exact, and total_calls = successful_calls + failed_calls + calls_in_flight always.
struct Metrics {
  std::uint64_t total_calls = 0;       ///< calls made, those included that wait to be sent
  std::uint64_t successful_calls = 0;  ///< calls that returned a result
  /// Calls that ended in any other way: an error of the worker (a declared one too), deadline,
  /// loss, cancellation, close.
  std::uint64_t failed_calls = 0;

  // Latencies are of answered calls, by a result or an error: from the call until its answer was
  // taken. All zero before the first. Percentiles are within 1 % of the true value, the average is
  // exact.
  double avg_latency_ms = 0;  ///< milliseconds
  double p50_latency_ms = 0;  ///< milliseconds
  double p95_latency_ms = 0;  ///< milliseconds
  double p99_latency_ms = 0;  ///< milliseconds

  std::uint64_t circuit_trips = 0;  ///< how often the circuit breaker stopped the calls (spec 7.1)
  /// The last heartbeat's round trip in milliseconds, by our clock; none before the first echo.
  std::optional<double> heartbeat_rtt_ms = std::nullopt;

  // Beyond the nine of spec 7.4.
  std::uint64_t calls_in_flight = 0;  ///< begun, not ended
  std::uint64_t answered_calls = 0;   ///< what the latencies are of
  /// Calls refused by an open circuit. They were never made: no other count has them.
  std::uint64_t refused_calls = 0;
};

/// A worker's metrics under labels of the program's own choice; names as Prometheus wants them:
/// letters, digits and `_`, not beginning with a digit. Values may hold anything, they are escaped.
struct LabelledMetrics {
  std::vector<std::pair<std::string, std::string>> labels = {};
  Metrics metrics = {};
};

/// The text exposition format (version 0.0.4), for a page of type `text/plain; version=0.0.4`.
/// Times are in seconds, as Prometheus has them; the average is `_sum` over `_count`.
std::string prometheus_text(const LabelledMetrics& worker);
/// Of several workers: their labels must differ.
std::string prometheus_text(const std::vector<LabelledMetrics>& workers);

}  // namespace multifrost
