#include "engine/call_id.h"

#include <bit>

namespace multifrost::engine {
namespace {

// Where the pairs of hexadecimal digits stand in the text, dashes left out.
constexpr std::array<std::uint8_t, 16> kPairs = {0,  2,  4,  6,  9,  11, 14, 16,
                                                 19, 21, 24, 26, 28, 30, 32, 34};
constexpr std::array<std::uint8_t, 4> kDashes = {8, 13, 18, 23};

struct Pair {
  char first;
  char second;
};
constexpr auto kTexts = [] {
  constexpr char kHex[] = "0123456789abcdef";
  std::array<Pair, 256> texts{};
  for (std::size_t byte = 0; byte < texts.size(); ++byte) {
    texts[byte] = {kHex[byte >> 4], kHex[byte & 15]};
  }
  return texts;
}();

constexpr std::uint8_t kNoDigit = 0xff;
constexpr auto kDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  for (auto& digit : digits) digit = kNoDigit;
  for (std::size_t value = 0; value < 10; ++value) {
    digits['0' + value] = static_cast<std::uint8_t>(value);
  }
  for (std::size_t value = 10; value < 16; ++value) {
    digits['a' + value - 10] = digits['A' + value - 10] = static_cast<std::uint8_t>(value);
  }
  return digits;
}();

}  // namespace

CallId::Text CallId::text() const noexcept {
  Text text;
  for (const std::size_t dash : kDashes) text[dash] = '-';
  for (std::size_t i = 0; i < kPairs.size(); ++i) {
    const std::uint64_t half = i < 8 ? high : low;
    const Pair pair = kTexts[(half >> (56 - 8 * (i % 8))) & 0xff];
    text[kPairs[i]] = pair.first;
    text[kPairs[i] + 1u] = pair.second;
  }
  return text;
}

std::optional<CallId> CallId::parse(std::string_view text) noexcept {
  if (text.size() != kTextSize) return std::nullopt;
  bool good = true;
  for (const std::size_t dash : kDashes) good &= text[dash] == '-';
  const auto digit = [&](std::size_t at) { return kDigits[static_cast<unsigned char>(text[at])]; };
  CallId id;
  unsigned all = 0;
  for (std::size_t i = 0; i < kPairs.size(); ++i) {
    const unsigned first = digit(kPairs[i]);
    const unsigned second = digit(kPairs[i] + 1u);
    all |= first | second;
    std::uint64_t& half = i < 8 ? id.high : id.low;
    half = half << 8 | (first << 4 | second);
  }
  if (!good || all > 15) return std::nullopt;
  return id;
}

CallId CallIdGenerator::next() noexcept {
  CallId id{random(), random()};
  id.high = (id.high & ~std::uint64_t{0xf000}) | 0x4000;                     // version 4
  id.low = (id.low & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);  // variant 1
  return id;
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

}  // namespace multifrost::engine
