#include "engine/metrics.h"

namespace multifrost::engine {
namespace {

double milliseconds(CallMetrics::Duration duration) noexcept {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

Metrics CallMetrics::snapshot() const noexcept {
  Metrics now;
  now.total_calls = total_;
  now.successful_calls = successful_;
  now.failed_calls = failed_;
  now.answered_calls = latencies_.count();
  if (now.answered_calls > 0) {
    now.avg_latency_ms = milliseconds(latencies_.sum()) / static_cast<double>(now.answered_calls);
  }
  now.p50_latency_ms = milliseconds(latencies_.percentile(0.50));
  now.p95_latency_ms = milliseconds(latencies_.percentile(0.95));
  now.p99_latency_ms = milliseconds(latencies_.percentile(0.99));
  now.circuit_trips = trips_;
  if (round_trip_) now.heartbeat_rtt_ms = milliseconds(*round_trip_);
  now.calls_in_flight = in_flight();
  now.refused_calls = refused_;
  return now;
}

void CallMetrics::reset() noexcept {
  total_ = in_flight();
  successful_ = failed_ = refused_ = trips_ = 0;
  latencies_.reset();
}

}  // namespace multifrost::engine
