// Metrics in Prometheus' text exposition format: one HELP and TYPE for each metric, all its samples
// below it, label values escaped, times in seconds.
#include <charconv>
#include <string_view>

#include "multifrost/metrics.h"

namespace multifrost {
namespace {

using Workers = std::vector<LabelledMetrics>;

/// 15 digits: those that a conversion of milliseconds leaves right. Independent of the locale.
std::string number(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 15);
  return {text, end.ptr};
}

std::string escaped(std::string_view value) {
  std::string text;
  for (const char character : value) {
    if (character == '\n') {
      text += "\\n";
      continue;
    }
    if (character == '\\' || character == '"') text += '\\';
    text += character;
  }
  return text;
}

void head(std::string& to, std::string_view name, std::string_view type, std::string_view help) {
  to.append("# HELP ").append(name).append(" ").append(help);
  to.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void sample(std::string& to, std::string_view name, const LabelledMetrics& of,
            const std::string& value, std::string_view quantile = {}) {
  std::string labels;
  const auto add = [&labels](std::string_view label, std::string_view text) {
    labels.append(labels.empty() ? "{" : ",").append(label);
    labels.append("=\"").append(escaped(text)).append("\"");
  };
  for (const auto& [label, text] : of.labels) add(label, text);
  if (!quantile.empty()) add("quantile", quantile);
  if (!labels.empty()) labels += '}';
  to.append(name).append(labels).append(" ").append(value).append("\n");
}

void counts(std::string& to, const Workers& workers) {
  struct Row {
    std::string_view name;
    std::string_view type;
    std::string_view help;
    std::uint64_t Metrics::*value;
  };
  constexpr Row kRows[] = {
      {"multifrost_calls_total", "counter", "Calls made.", &Metrics::total_calls},
      {"multifrost_calls_successful_total", "counter", "Calls that returned a result.",
       &Metrics::successful_calls},
      {"multifrost_calls_failed_total", "counter", "Calls that ended without a result.",
       &Metrics::failed_calls},
      {"multifrost_calls_refused_total", "counter", "Calls refused by an open circuit.",
       &Metrics::refused_calls},
      {"multifrost_calls_in_flight", "gauge", "Calls begun and not ended.",
       &Metrics::calls_in_flight},
      {"multifrost_circuit_trips_total", "counter", "Times that the circuit breaker opened.",
       &Metrics::circuit_trips},
  };
  for (const Row& row : kRows) {
    head(to, row.name, row.type, row.help);
    for (const LabelledMetrics& worker : workers) {
      sample(to, row.name, worker, std::to_string(worker.metrics.*row.value));
    }
  }
}

void latencies(std::string& to, const Workers& workers) {
  constexpr std::string_view kName = "multifrost_call_latency_seconds";
  head(to, kName, "summary", "Time from a call to its answer.");
  for (const LabelledMetrics& worker : workers) {
    const Metrics& now = worker.metrics;
    const auto quantile = [&](std::string_view share, double ms) {
      sample(to, kName, worker, now.answered_calls == 0 ? "NaN" : number(ms / 1000), share);
    };
    quantile("0.5", now.p50_latency_ms);
    quantile("0.95", now.p95_latency_ms);
    quantile("0.99", now.p99_latency_ms);
    const double sum = now.avg_latency_ms * static_cast<double>(now.answered_calls) / 1000;
    sample(to, std::string(kName) + "_sum", worker, number(sum));
    sample(to, std::string(kName) + "_count", worker, std::to_string(now.answered_calls));
  }
}

void heartbeats(std::string& to, const Workers& workers) {
  constexpr std::string_view kName = "multifrost_heartbeat_rtt_seconds";
  head(to, kName, "gauge", "Round trip of the last heartbeat.");
  for (const LabelledMetrics& worker : workers) {
    if (const auto rtt = worker.metrics.heartbeat_rtt_ms) {
      sample(to, kName, worker, number(*rtt / 1000));
    }
  }
}

}  // namespace

std::string prometheus_text(const std::vector<LabelledMetrics>& workers) {
  std::string text;
  counts(text, workers);
  latencies(text, workers);
  heartbeats(text, workers);
  return text;
}

std::string prometheus_text(const LabelledMetrics& worker) {
  return prometheus_text(std::vector{worker});
}

}  // namespace multifrost
