#include "wire/head.h"

#include "wire/markers.h"

namespace multifrost::wire {
namespace {

// Width of the number that follows a marker and its meaning; one row for each of 0xc0 … 0xdf.
enum class Content : std::uint8_t { nothing, whole, negative, single, twice, payload, items };
struct Row {
  Kind kind;
  Content content;
  std::uint8_t width;  // bytes of number or size; for fixext: the payload's size
};
constexpr Row kRows[32] = {
    {Kind::nil, Content::nothing, 0},
    {Kind::end, Content::nothing, 0},  // 0xc1 is never used
    {Kind::boolean, Content::nothing, 0},
    {Kind::boolean, Content::nothing, 0},
    {Kind::bytes, Content::payload, 1},
    {Kind::bytes, Content::payload, 2},
    {Kind::bytes, Content::payload, 4},
    {Kind::extension, Content::payload, 1},
    {Kind::extension, Content::payload, 2},
    {Kind::extension, Content::payload, 4},
    {Kind::floating, Content::single, 4},
    {Kind::floating, Content::twice, 8},
    {Kind::integer, Content::whole, 1},
    {Kind::integer, Content::whole, 2},
    {Kind::integer, Content::whole, 4},
    {Kind::integer, Content::whole, 8},
    {Kind::integer, Content::negative, 1},
    {Kind::integer, Content::negative, 2},
    {Kind::integer, Content::negative, 4},
    {Kind::integer, Content::negative, 8},
    {Kind::extension, Content::nothing, 1},
    {Kind::extension, Content::nothing, 2},
    {Kind::extension, Content::nothing, 4},
    {Kind::extension, Content::nothing, 8},
    {Kind::extension, Content::nothing, 16},
    {Kind::string, Content::payload, 1},
    {Kind::string, Content::payload, 2},
    {Kind::string, Content::payload, 4},
    {Kind::array, Content::items, 2},
    {Kind::array, Content::items, 4},
    {Kind::map, Content::items, 2},
    {Kind::map, Content::items, 4},
};

std::uint64_t load_wide(const char* at, unsigned width) noexcept {
  switch (width) {
    case 1:
      return static_cast<unsigned char>(*at);
    case 2:
      return load<std::uint16_t>(at);
    case 4:
      return load<std::uint32_t>(at);
    default:
      return load<std::uint64_t>(at);
  }
}

std::int64_t sign_extended(std::uint64_t bits, unsigned width) noexcept {
  const unsigned unused = 64 - 8 * width;
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

// Sets kind, length, size and number; false: cut off within the head, or the byte that is never
// used.
bool parse(const char* at, const char* end, Head& head) noexcept {
  if (at == end) return false;
  const unsigned first = static_cast<unsigned char>(*at);
  head = {};
  head.length = 1;
  if (first < kFixMap || first >= kNegativeFixInt) {
    head.kind = Kind::integer;
    head.negative = first >= kNegativeFixInt;
    head.bits = static_cast<std::uint64_t>(sign_extended(first, 1));
    return true;
  }
  if (first < kNil) {
    head.kind = first < kFixArray ? Kind::map : first < kFixStr ? Kind::array : Kind::string;
    head.size = first & (first < kFixStr ? 0x0f : 0x1f);
    return true;
  }

  const Row& row = kRows[first - kNil];
  if (row.kind == Kind::end) return false;
  head.kind = row.kind;
  if (row.content == Content::nothing) {
    head.bits = first == kTrue;
    if (row.kind != Kind::extension) return true;
    head.size = row.width;
  } else {
    if (static_cast<std::size_t>(end - at) <= row.width) return false;
    head.length += row.width;
    head.bits = load_wide(at + 1, row.width);
  }
  switch (row.content) {
    case Content::negative:
      head.bits = static_cast<std::uint64_t>(sign_extended(head.bits, row.width));
      head.negative = head.as_signed() < 0;
      break;
    case Content::single:
      head.bits = std::bit_cast<std::uint64_t>(
          static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(head.bits))));
      break;
    case Content::payload:
    case Content::items:
      head.size = head.bits;
      break;
    default:
      break;
  }
  if (row.kind == Kind::extension) {
    if (static_cast<std::size_t>(end - at) <= head.length) return false;
    head.extension = static_cast<std::int8_t>(at[head.length++]);
  }
  return true;
}

}  // namespace

bool read_head(const char* at, const char* end, Head& head) noexcept {
  if (!parse(at, end, head)) return false;
  const auto left = static_cast<std::size_t>(end - at) - head.length;
  return head.has_payload() ? head.size <= left : head.values() <= left;
}

std::string head_fault(const char* at, const char* end) {
  if (at == end) return "the message ends where a value should stand";
  if (static_cast<unsigned char>(*at) == kNeverUsed) return "byte 0xc1 begins no msgpack value";
  Head head;
  if (!parse(at, end, head)) return "the message ends within a value";
  const auto left = static_cast<std::size_t>(end - at) - head.length;
  return std::string(to_string(head.kind)) + " of " + std::to_string(head.size) +
         (head.has_payload()       ? " bytes"
          : head.kind == Kind::map ? " entries"
                                   : " items") +
         " begins, but only " + std::to_string(left) + " bytes follow";
}

}  // namespace multifrost::wire
