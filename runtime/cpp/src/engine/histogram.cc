#include "engine/histogram.h"

#include <cmath>

namespace multifrost::engine {

Histogram::Duration Histogram::percentile(double share) const noexcept {
  if (count_ == 0) return Duration(0);
  // The rank among the sorted values, counted from 1.
  const double rank = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
  const std::uint64_t wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rank));
  std::uint64_t passed = 0;
  for (std::size_t bucket = 0; bucket + 1 < kBuckets; ++bucket) {
    passed += buckets_[bucket];
    if (passed >= wanted) return duration(std::clamp(middle_of(bucket), least_, most_));
  }
  return duration(most_);  // the last bucket has no upper end
}

std::uint64_t Histogram::middle_of(std::size_t bucket) noexcept {
  constexpr std::size_t kFirstWide = std::size_t{2} << kBits;
  if (bucket < kFirstWide) return bucket;
  const std::size_t shift = (bucket >> kBits) - 1;
  const std::uint64_t lowest = (bucket - (shift << kBits)) << shift;
  return lowest + (std::uint64_t{1} << shift) / 2;
}

}  // namespace multifrost::engine
