#include "engine/call_id.h"

#include <bit>

namespace multifrost::engine {
namespace {

constexpr char kHex[] = "0123456789abcdef";

constexpr bool is_dash(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

int digit(char character) noexcept {
  if (character >= '0' && character <= '9') return character - '0';
  const char lower = static_cast<char>(character | 0x20);
  if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
  return -1;
}

}  // namespace

CallId::Text CallId::text() const noexcept {
  Text text;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < kTextSize; ++i) {
    if (is_dash(i)) {
      text[i] = '-';
      continue;
    }
    const std::uint64_t half = nibble < 16 ? high : low;
    text[i] = kHex[(half >> (60 - 4 * (nibble % 16))) & 15];
    ++nibble;
  }
  return text;
}

std::optional<CallId> CallId::parse(std::string_view text) noexcept {
  if (text.size() != kTextSize) return std::nullopt;
  CallId id;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < kTextSize; ++i) {
    if (is_dash(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = digit(text[i]);
    if (value < 0) return std::nullopt;
    std::uint64_t& half = nibble < 16 ? id.high : id.low;
    half = half << 4 | static_cast<std::uint64_t>(value);
    ++nibble;
  }
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
