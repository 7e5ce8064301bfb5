// msgpack's first bytes, and big-endian numbers behind them (github.com/msgpack/msgpack/spec.md).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace multifrost::wire {

enum Marker : unsigned {
  kFixMap = 0x80,
  kFixArray = 0x90,
  kFixStr = 0xa0,
  kNil = 0xc0,
  kNeverUsed = 0xc1,
  kFalse = 0xc2,
  kTrue = 0xc3,
  kBin8 = 0xc4,
  kBin16 = 0xc5,
  kBin32 = 0xc6,
  kExt8 = 0xc7,
  kExt16 = 0xc8,
  kExt32 = 0xc9,
  kFloat32 = 0xca,
  kFloat64 = 0xcb,
  kUint8 = 0xcc,
  kUint16 = 0xcd,
  kUint32 = 0xce,
  kUint64 = 0xcf,
  kInt8 = 0xd0,
  kInt16 = 0xd1,
  kInt32 = 0xd2,
  kInt64 = 0xd3,
  kFixExt1 = 0xd4,
  kFixExt16 = 0xd8,
  kStr8 = 0xd9,
  kStr16 = 0xda,
  kStr32 = 0xdb,
  kArray16 = 0xdc,
  kArray32 = 0xdd,
  kMap16 = 0xde,
  kMap32 = 0xdf,
  kNegativeFixInt = 0xe0,
};

inline std::uint8_t swapped(std::uint8_t value) noexcept { return value; }
inline std::uint16_t swapped(std::uint16_t value) noexcept { return __builtin_bswap16(value); }
inline std::uint32_t swapped(std::uint32_t value) noexcept { return __builtin_bswap32(value); }
inline std::uint64_t swapped(std::uint64_t value) noexcept { return __builtin_bswap64(value); }

template <class T>
T load(const char* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  return std::endian::native == std::endian::big ? value : swapped(value);
}

template <class T>
void store(char* to, T value) noexcept {
  const T ordered = std::endian::native == std::endian::big ? value : swapped(value);
  std::memcpy(to, &ordered, sizeof ordered);
}

}  // namespace multifrost::wire
