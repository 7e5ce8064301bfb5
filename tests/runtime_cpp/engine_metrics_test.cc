// Metrics: exact counts, percentiles within the bound that the histogram states, and a text that
// Prometheus reads (spec 7.4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "engine/metrics.h"

namespace multifrost::engine {
namespace {

using namespace std::chrono_literals;
using Duration = Histogram::Duration;

constexpr double kBound = 1.0 / 128;

double count_of(Duration value) { return static_cast<double>(value.count()); }

TEST(Histogram, HoldsItsBoundForEveryMagnitude) {
  for (int power = 0; power < 47; ++power) {
    for (const std::int64_t add : {0, 1, 3}) {
      for (const std::int64_t part : {4, 5, 6, 7}) {
        const Duration value(((std::int64_t{1} << power) * part) / 4 + add);
        Histogram histogram;
        histogram.add(0ns);
        histogram.add(value);
        histogram.add(50h);
        const Duration found = histogram.percentile(0.5);
        ASSERT_LE(std::abs(count_of(found - value)), kBound * count_of(value)) << value.count();
        if (value < 128ns) {
          ASSERT_EQ(found, value) << "small ones are exact";
        }
      }
    }
  }
}

TEST(Histogram, AgreesWithTheSortedValues) {
  std::mt19937_64 random(3);
  for (const double spread : {0.1, 1.0, 3.0}) {
    std::lognormal_distribution<double> latency(11.0, spread);
    Histogram histogram;
    std::vector<Duration> values;
    Duration sum(0);
    for (int i = 0; i < 20000; ++i) {
      values.emplace_back(static_cast<std::int64_t>(latency(random)));
      histogram.add(values.back());
      sum += values.back();
    }
    std::sort(values.begin(), values.end());
    for (const double share : {0.0, 0.001, 0.25, 0.5, 0.95, 0.99, 0.9999, 1.0}) {
      const double rank = std::max(1.0, std::ceil(share * 20000));
      const Duration truth = values[static_cast<std::size_t>(rank) - 1];
      EXPECT_LE(std::abs(count_of(histogram.percentile(share) - truth)), kBound * count_of(truth))
          << share;
    }
    EXPECT_EQ(histogram.count(), 20000u);
    EXPECT_EQ(histogram.sum(), sum);
    EXPECT_EQ(histogram.least(), values.front());
    EXPECT_EQ(histogram.most(), values.back());
  }
}

TEST(Histogram, SurvivesExtremes) {
  Histogram histogram;
  EXPECT_EQ(histogram.percentile(0.5), 0ns);
  EXPECT_EQ(histogram.least(), 0ns);
  histogram.add(-5s);
  EXPECT_EQ(histogram.percentile(1), 0ns) << "a clock that went backwards";
  histogram.add(Duration::max());
  EXPECT_EQ(histogram.percentile(1), Duration::max());
  EXPECT_EQ(histogram.percentile(7), Duration::max());
  EXPECT_EQ(histogram.percentile(-1), 0ns);
  histogram.reset();
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.most(), 0ns);
}

TEST(CallMetrics, CountsExactlyAndAlwaysAddsUp) {
  std::mt19937 random(5);
  CallMetrics metrics;
  Metrics expected;
  for (int step = 0; step < 20000; ++step) {
    const bool some = expected.calls_in_flight > 0;
    switch (random() % 8) {
      case 0:
      case 1:
      case 2:
        metrics.began();
        ++expected.total_calls;
        ++expected.calls_in_flight;
        break;
      case 3:
      case 4:
        if (!some) break;
        metrics.answered(true, 1ms);
        ++expected.successful_calls;
        ++expected.answered_calls;
        --expected.calls_in_flight;
        break;
      case 5:
        if (!some) break;
        metrics.answered(false, 1ms);
        ++expected.failed_calls;
        ++expected.answered_calls;
        --expected.calls_in_flight;
        break;
      case 6:
        if (!some) break;
        metrics.failed();
        ++expected.failed_calls;
        --expected.calls_in_flight;
        break;
      default:
        if (random() % 100 == 0) {
          metrics.reset();
          expected = {.total_calls = expected.calls_in_flight,
                      .calls_in_flight = expected.calls_in_flight};
        } else if (random() % 2 == 0) {
          metrics.tripped();
          ++expected.circuit_trips;
        } else {
          metrics.refused();
          ++expected.refused_calls;
        }
        break;
    }
    if (step % 50 != 0) continue;
    const Metrics now = metrics.snapshot();
    ASSERT_EQ(now.total_calls, expected.total_calls);
    ASSERT_EQ(now.successful_calls, expected.successful_calls);
    ASSERT_EQ(now.failed_calls, expected.failed_calls);
    ASSERT_EQ(now.calls_in_flight, expected.calls_in_flight);
    ASSERT_EQ(now.answered_calls, expected.answered_calls);
    ASSERT_EQ(now.circuit_trips, expected.circuit_trips);
    ASSERT_EQ(now.refused_calls, expected.refused_calls);
    ASSERT_EQ(now.total_calls, now.successful_calls + now.failed_calls + now.calls_in_flight);
  }
}

TEST(CallMetrics, GivesTimesInMilliseconds) {
  CallMetrics metrics;
  EXPECT_EQ(metrics.snapshot().heartbeat_rtt_ms, std::nullopt);
  EXPECT_EQ(metrics.snapshot().p99_latency_ms, 0);
  for (int i = 1; i <= 100; ++i) {
    metrics.began();
    metrics.answered(i % 2 == 0, std::chrono::milliseconds(i));
  }
  metrics.beat(1500us);
  const Metrics now = metrics.snapshot();
  EXPECT_DOUBLE_EQ(now.avg_latency_ms, 50.5);
  EXPECT_NEAR(now.p50_latency_ms, 50, 50 * kBound);
  EXPECT_NEAR(now.p95_latency_ms, 95, 95 * kBound);
  EXPECT_NEAR(now.p99_latency_ms, 99, 99 * kBound);
  EXPECT_EQ(now.heartbeat_rtt_ms, 1.5);
  metrics.reset();
  EXPECT_EQ(metrics.snapshot().avg_latency_ms, 0);
  EXPECT_EQ(metrics.snapshot().heartbeat_rtt_ms, 1.5) << "the last one is still the last one";
}

TEST(Prometheus, WritesOneWorkerAsItStandsHere) {
  const Metrics metrics{.total_calls = 7,
                        .successful_calls = 4,
                        .failed_calls = 2,
                        .avg_latency_ms = 2.5,
                        .p50_latency_ms = 2,
                        .p95_latency_ms = 4,
                        .p99_latency_ms = 8,
                        .circuit_trips = 1,
                        .heartbeat_rtt_ms = 0.5,
                        .calls_in_flight = 1,
                        .answered_calls = 6,
                        .refused_calls = 3};
  EXPECT_EQ(prometheus_text({{{"worker", "a.py"}}, metrics}),
            R"(# HELP multifrost_calls_total Calls made.
# TYPE multifrost_calls_total counter
multifrost_calls_total{worker="a.py"} 7
# HELP multifrost_calls_successful_total Calls that returned a result.
# TYPE multifrost_calls_successful_total counter
multifrost_calls_successful_total{worker="a.py"} 4
# HELP multifrost_calls_failed_total Calls that ended without a result.
# TYPE multifrost_calls_failed_total counter
multifrost_calls_failed_total{worker="a.py"} 2
# HELP multifrost_calls_refused_total Calls refused by an open circuit.
# TYPE multifrost_calls_refused_total counter
multifrost_calls_refused_total{worker="a.py"} 3
# HELP multifrost_calls_in_flight Calls begun and not ended.
# TYPE multifrost_calls_in_flight gauge
multifrost_calls_in_flight{worker="a.py"} 1
# HELP multifrost_circuit_trips_total Times that the circuit breaker opened.
# TYPE multifrost_circuit_trips_total counter
multifrost_circuit_trips_total{worker="a.py"} 1
# HELP multifrost_call_latency_seconds Time from a call to its answer.
# TYPE multifrost_call_latency_seconds summary
multifrost_call_latency_seconds{worker="a.py",quantile="0.5"} 0.002
multifrost_call_latency_seconds{worker="a.py",quantile="0.95"} 0.004
multifrost_call_latency_seconds{worker="a.py",quantile="0.99"} 0.008
multifrost_call_latency_seconds_sum{worker="a.py"} 0.015
multifrost_call_latency_seconds_count{worker="a.py"} 6
# HELP multifrost_heartbeat_rtt_seconds Round trip of the last heartbeat.
# TYPE multifrost_heartbeat_rtt_seconds gauge
multifrost_heartbeat_rtt_seconds{worker="a.py"} 0.0005
)");
}

TEST(Prometheus, WritesEveryMetricOnceForSeveralWorkersAndEscapesTheirLabels) {
  const std::string text = prometheus_text(
      {{{{"worker", "a\\b\"c\nd"}, {"zone", "é"}}, {}}, {{}, {.heartbeat_rtt_ms = 1e-4}}});
  // The grammar of the exposition format, line by line.
  const std::regex comment(R"(# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) .+)");
  const std::regex sample(
      R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_]\w*="([^"\\\n]|\\[\\"n])*",?)+\})? )re"
      R"re(([0-9.]+(e[+-]?[0-9]+)?|NaN))re");
  std::set<std::string> seen;
  std::string current;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (std::regex_match(line, parts, comment)) {
      if (parts[1] == "HELP") {
        EXPECT_TRUE(seen.insert(parts[2]).second) << "told twice: " << line;
        current = parts[2];
      }
      EXPECT_EQ(parts[2], current);
      continue;
    }
    ASSERT_TRUE(std::regex_match(line, parts, sample)) << line;
    EXPECT_TRUE(parts[1].str().starts_with(current)) << line << " stands below " << current;
  }
  EXPECT_EQ(seen.size(), 8u);
  EXPECT_THAT(text,
              testing::HasSubstr(R"(multifrost_calls_total{worker="a\\b\"c\nd",zone="é"} 0)"));
  EXPECT_THAT(text, testing::HasSubstr("\nmultifrost_calls_total 0\n"));
  EXPECT_THAT(text, testing::HasSubstr("{quantile=\"0.5\"} NaN\n")) << "no answer yet";
  EXPECT_THAT(text, testing::HasSubstr("\nmultifrost_heartbeat_rtt_seconds 1e-07\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("multifrost_heartbeat_rtt_seconds{")))
      << "no heartbeat yet: no sample";
  EXPECT_EQ(text.back(), '\n');
}

}  // namespace
}  // namespace multifrost::engine
