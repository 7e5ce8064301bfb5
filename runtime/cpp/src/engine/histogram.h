// Durations, counted in buckets whose width grows with the value: percentiles with a bounded error
// from a bounded memory.
//
// Below 64 ns each bucket holds one value. Above, each power of two is cut into 64 equal buckets
// (log-linear, as HdrHistogram does it), so that a bucket is at most 1/64 of its values wide, and
// its middle, which percentile() gives, at most 1/128 (0.8 %) away from any of them. Count, sum,
// least and most are exact. From 2^47 ns (39 hours) on everything is in the last bucket. 21 KiB;
// add() is a few instructions and never allocates. Pure; one thread at a time.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace multifrost::engine {

class Histogram {
 public:
  using Duration = std::chrono::nanoseconds;

  /// Negative: as zero.
  void add(Duration value) noexcept {
    const std::uint64_t ns = value.count() > 0 ? static_cast<std::uint64_t>(value.count()) : 0;
    ++buckets_[bucket_of(ns)];
    ++count_;
    sum_ += ns;
    least_ = std::min(least_, ns);
    most_ = std::max(most_, ns);
  }
  void reset() noexcept { *this = Histogram(); }

  std::uint64_t count() const noexcept { return count_; }
  Duration sum() const noexcept { return duration(sum_); }
  Duration least() const noexcept { return duration(count_ == 0 ? 0 : least_); }
  Duration most() const noexcept { return duration(most_); }
  /// The least value that `share` (0 to 1) of all values do not exceed; zero when there are none.
  Duration percentile(double share) const noexcept;

 private:
  static constexpr unsigned kBits = 6;  ///< buckets for each power of two: 2^kBits
  static constexpr unsigned kLargestPower = 46;
  static constexpr std::size_t kBuckets = (kLargestPower - kBits + 2) << kBits;

  static std::size_t bucket_of(std::uint64_t value) noexcept {
    const auto power = static_cast<unsigned>(std::bit_width(value | 1)) - 1;
    if (power <= kBits) return value;
    if (power > kLargestPower) return kBuckets - 1;
    const unsigned shift = power - kBits;
    return (std::size_t{shift} << kBits) + (value >> shift);
  }
  static std::uint64_t middle_of(std::size_t bucket) noexcept;
  static Duration duration(std::uint64_t value) noexcept {
    return Duration(static_cast<Duration::rep>(value));
  }

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t least_ = ~std::uint64_t{0};
  std::uint64_t most_ = 0;
};

}  // namespace multifrost::engine
