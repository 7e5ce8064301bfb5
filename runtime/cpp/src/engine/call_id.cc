#include "engine/call_id.h"

#include <bit>
#include <cstring>

namespace multifrost::engine {
namespace {

constexpr std::array<std::uint8_t, 4> kDashes = {8, 13, 18, 23};
constexpr std::size_t kBegin = 28;  ///< characters before the last eight digits

/// memcmp of the first kBegin characters, without the call.
bool same_begin(const char* one, const char* other) noexcept {
  const auto differ = [=](std::size_t place) {
    std::uint64_t here, there;
    std::memcpy(&here, one + place, sizeof here);
    std::memcpy(&there, other + place, sizeof there);
    return here ^ there;
  };
  static_assert(kBegin > 24 && kBegin <= 32);
  return (differ(0) | differ(8) | differ(16) | differ(kBegin - 8)) == 0;
}

/// Eight hexadecimal digits at once, each in its own byte.
class EightDigits {
 public:
  EightDigits(const char* first, const char* second) noexcept {
    std::memcpy(&bytes_, first, 4);
    std::uint32_t rest;
    std::memcpy(&rest, second, 4);
    bytes_ |= static_cast<std::uint64_t>(rest) << 32;
  }

  /// Those of `value`.
  explicit EightDigits(std::uint32_t value) noexcept {
    std::uint64_t nibbles = value;
    nibbles = (nibbles >> 16 | nibbles << 32) & 0x0000'ffff'0000'ffff;
    nibbles = (nibbles >> 8 | nibbles << 16) & 0x00ff'00ff'00ff'00ff;
    nibbles = (nibbles >> 4 | nibbles << 8) & kEach * 0x0f;
    const std::uint64_t letters = (nibbles + kEach * 6) >> 4 & kEach;
    bytes_ = nibbles + kEach * '0' + letters * ('a' - '0' - 10);
  }

  void put(char* first, char* second) const noexcept {
    std::memcpy(first, &bytes_, 4);
    const std::uint64_t rest = bytes_ >> 32;
    std::memcpy(second, &rest, 4);
  }

  void put(char* to) const noexcept { std::memcpy(to, &bytes_, sizeof bytes_); }

  bool good() const noexcept {
    const std::uint64_t lower = bytes_ | kEach * 0x20;
    const std::uint64_t digit = at_least(bytes_, '0') & ~at_least(bytes_, '9' + 1);
    const std::uint64_t letter = at_least(lower, 'a') & ~at_least(lower, 'f' + 1);
    return ((digit | letter) & ~bytes_ & kEach * 0x80) == kEach * 0x80;
  }
  /// The first digit is the highest.
  std::uint64_t value() const noexcept {
    // A letter's lower half is 9 less than its value, and bit 6 tells it from a digit.
    std::uint64_t nibbles = (bytes_ & kEach * 0x0f) + 9 * (bytes_ >> 6 & kEach);
    nibbles = (nibbles << 4 | nibbles >> 8) & 0x00ff'00ff'00ff'00ff;
    nibbles = (nibbles << 8 | nibbles >> 16) & 0x0000'ffff'0000'ffff;
    return (nibbles << 16 | nibbles >> 32) & 0xffff'ffff;
  }

 private:
  static constexpr std::uint64_t kEach = 0x0101'0101'0101'0101;
  /// The highest bit of each byte: whether it is `least` or more; for bytes below 0x80.
  static std::uint64_t at_least(std::uint64_t bytes, unsigned least) noexcept {
    return (bytes & kEach * 0x7f) + kEach * (0x80 - least);
  }
  std::uint64_t bytes_ = 0;
};

}  // namespace

CallId::Text CallId::text() const noexcept {
  Text text;
  EightDigits(static_cast<std::uint32_t>(high >> 32)).put(&text[0], &text[4]);
  EightDigits(static_cast<std::uint32_t>(high)).put(&text[9], &text[14]);
  EightDigits(static_cast<std::uint32_t>(low >> 32)).put(&text[19], &text[24]);
  EightDigits(static_cast<std::uint32_t>(low)).put(&text[28], &text[32]);
  for (const std::size_t dash : kDashes) text[dash] = '-';
  return text;
}

std::optional<CallId> CallId::parse(std::string_view text) noexcept {
  static_assert(std::endian::native == std::endian::little);
  if (text.size() != kTextSize) return std::nullopt;
  const char* const at = text.data();
  const EightDigits parts[] = {
      {at, at + 4}, {at + 9, at + 14}, {at + 19, at + 24}, {at + 28, at + 32}};
  bool good = true;
  for (const std::size_t dash : kDashes) good &= text[dash] == '-';
  for (const EightDigits& part : parts) good &= part.good();
  if (!good) return std::nullopt;
  return CallId{parts[0].value() << 32 | parts[1].value(),
                parts[2].value() << 32 | parts[3].value()};
}

CallId CallIdGenerator::next() noexcept {
  const std::uint64_t high = (random() & ~std::uint64_t{0xf000}) | 0x4000;  // version 4
  return {high, random() >> 2 | std::uint64_t{2} << 62};                    // variant 1
}

std::uint64_t CallIdGenerator::random() noexcept {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

[[gnu::hot]] CallId::Text CallIdSequence::text(const CallId& id) const noexcept {
  if ((id.low ^ first_.low) >> 32 != 0) return id.text();
  CallId::Text text;
  // In pieces that are read as they were written: what has just been written in small ones is slow
  // to read in a large one.
  std::memcpy(text.data(), text_.data(), 16);
  std::memcpy(&text[16], &text_[16], 8);
  std::memcpy(&text[24], &text_[24], 4);
  EightDigits(static_cast<std::uint32_t>(id.low)).put(&text[kBegin]);
  return text;
}

[[gnu::hot]] std::optional<CallId> CallIdSequence::parse(std::string_view text) const noexcept {
  if (text.size() != CallId::kTextSize || !same_begin(text.data(), text_.data())) {
    return CallId::parse(text);
  }
  const EightDigits last(text.data() + 28, text.data() + 32);
  if (!last.good()) return std::nullopt;
  return CallId{first_.high, (first_.low & ~std::uint64_t{0xffff'ffff}) | last.value()};
}

}  // namespace multifrost::engine
