// The id of a call: a UUID of version 4, 128 bits here and 36 characters on the wire.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace multifrost::engine {

struct CallId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  static constexpr std::size_t kTextSize = 36;
  using Text = std::array<char, kTextSize>;

  Text text() const noexcept;
  /// Only the form that text() writes (upper case allowed): an id that we never gave is nobody's.
  static std::optional<CallId> parse(std::string_view text) noexcept;

  friend bool operator==(const CallId&, const CallId&) = default;
};

/// A stream of ids from one seed (xoshiro256**): no system call an id. One thread at a time.
class CallIdGenerator {
 public:
  using Seed = std::array<std::uint64_t, 4>;
  explicit CallIdGenerator(const Seed& seed) noexcept : state_(seed) {}

  CallId next() noexcept;
  /// Uniform over all 64 bits.
  std::uint64_t random() noexcept;

 private:
  Seed state_;
};

/// One id after another, counted from a first one. Four thousand million of them differ in their
/// last eight digits alone, so that only those are written and read for each. Any thread.
class CallIdSequence {
 public:
  explicit CallIdSequence(const CallId& first) noexcept : first_(first), text_(first.text()) {}

  CallId next() noexcept {
    const std::uint64_t count = given_.fetch_add(1, std::memory_order_relaxed);
    return {first_.high, (first_.low & ~kCounted) | ((first_.low + count) & kCounted)};
  }
  /// The id of this sequence that has this lower half.
  CallId with_low(std::uint64_t low) const noexcept { return {first_.high, low}; }
  /// Of an id of this sequence.
  CallId::Text text(const CallId& id) const noexcept;
  /// As CallId::parse.
  std::optional<CallId> parse(std::string_view text) const noexcept;

 private:
  static constexpr std::uint64_t kCounted = ~std::uint64_t{0} >> 2;  ///< all but the variant

  const CallId first_;
  const CallId::Text text_;
  std::atomic<std::uint64_t> given_{0};
};

}  // namespace multifrost::engine
