// ZMTP 3.x frames: one flag byte, a length of one or eight bytes, the body (RFC 23, "Framing").
//
// Pure; nothing is allocated, nothing fails but by saying so.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "multifrost/buffer.h"

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
    unsigned char* const end = bytes_.data() + bytes_.size();
    if (payload < 256) {
      size_ = 4;
      end[-4] = kMore;
      end[-3] = 0;
      end[-2] = 0;
      end[-1] = static_cast<unsigned char>(payload);
      return;
    }
    size_ = 11;
    end[-11] = kMore;
    end[-10] = 0;
    end[-9] = kLong;
    for (int i = 1; i <= 8; ++i) {
      end[-i] = static_cast<unsigned char>(payload);
      payload >>= 8;
    }
  }
  std::size_t size() const noexcept { return size_; }
  std::string_view view() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.data()) + bytes_.size() - size_, size_};
  }
  /// At the end of Buffer::kHeadRoom bytes, so that its size need not be looked at.
  void put_at_end_of(char* room) const noexcept { std::memcpy(room, bytes_.data(), sizeof bytes_); }

 private:
  std::array<unsigned char, Buffer::kHeadRoom> bytes_{};  ///< it stands at their end
  std::size_t size_;
};

}  // namespace multifrost::transport::direct
