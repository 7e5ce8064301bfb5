// ZMTP 3.x frames: one flag byte, a length of one or eight bytes, the body (RFC 23, "Framing").
//
// Pure; nothing is allocated, nothing fails but by saying so.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace multifrost::transport::direct {

inline constexpr unsigned char kMore = 0x01;
inline constexpr unsigned char kLong = 0x02;
inline constexpr unsigned char kCommand = 0x04;

struct FrameHeader {
  enum class State : std::uint8_t { incomplete, complete, bad };
  State state = State::incomplete;
  bool more = false;
  bool command = false;
  std::uint8_t length = 0;  ///< bytes of the header itself
  std::uint64_t size = 0;   ///< bytes of the body
};

/// Reads the header at the start of `bytes`. Bad: a reserved flag is set, or a command says more.
inline FrameHeader read_header(std::string_view bytes) noexcept {
  FrameHeader header;
  if (bytes.empty()) return header;
  const auto flags = static_cast<unsigned char>(bytes[0]);
  header.more = (flags & kMore) != 0;
  header.command = (flags & kCommand) != 0;
  if ((flags & ~(kMore | kLong | kCommand)) != 0 || (header.command && header.more)) {
    header.state = FrameHeader::State::bad;
    return header;
  }
  header.length = (flags & kLong) != 0 ? 9 : 2;
  if (bytes.size() < header.length) return header;
  for (std::size_t i = 1; i < header.length; ++i) {
    header.size = header.size << 8 | static_cast<unsigned char>(bytes[i]);
  }
  header.state = FrameHeader::State::complete;
  return header;
}

/// The bytes before a message's payload: the empty delimiter frame (wire page, "Framing") and the
/// header of the payload's frame.
class MessageHead {
 public:
  explicit MessageHead(std::uint64_t payload) noexcept {
    bytes_[0] = kMore;
    bytes_[1] = 0;
    if (payload < 256) {
      bytes_[2] = 0;
      bytes_[3] = static_cast<unsigned char>(payload);
      size_ = 4;
      return;
    }
    bytes_[2] = kLong;
    for (std::size_t i = 0; i < 8; ++i) {
      bytes_[3 + i] = static_cast<unsigned char>(payload >> (56 - 8 * i));
    }
    size_ = 11;
  }
  std::string_view view() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.data()), size_};
  }

 private:
  std::array<unsigned char, 11> bytes_;
  std::size_t size_;
};

}  // namespace multifrost::transport::direct
