// The id of a call: a UUID of version 4, 128 bits here and 36 characters on the wire.
#pragma once

#include <array>
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
  /// The same, quicker, for an id whose upper half is that of `upper`, any id's text.
  Text text(const Text& upper) const noexcept;
  /// Only the form that text() writes (upper case allowed): an id that we never gave is nobody's.
  static std::optional<CallId> parse(std::string_view text) noexcept;

  /// The same for an id whose upper half is known; `upper` is the text of any id that has it.
  static std::optional<CallId> parse(std::string_view text, const Text& upper,
                                     std::uint64_t high) noexcept;

  friend bool operator==(const CallId&, const CallId&) = default;
};

/// A stream of ids from one seed (xoshiro256**): no system call an id. One thread at a time.
class CallIdGenerator {
 public:
  using Seed = std::array<std::uint64_t, 4>;
  explicit CallIdGenerator(const Seed& seed) noexcept : state_(seed) {}

  CallId next() noexcept { return {next_high(), next_low()}; }
  /// Halves of ids, for who has the other one.
  std::uint64_t next_high() noexcept;
  std::uint64_t next_low() noexcept;

 private:
  std::uint64_t random() noexcept;
  Seed state_;
};

}  // namespace multifrost::engine
