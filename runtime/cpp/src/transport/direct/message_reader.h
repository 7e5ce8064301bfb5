// From a connection's bytes to its messages, after the handshake.
//
// Incremental: receive into room(), say received(), then advance() until it wants more. A message
// is two frames or more; the payload is the second, the first (the delimiter) and those after are
// skipped as they come, unbuffered (wire page, "Framing"). A message of one frame is skipped whole.
//
// A payload that is small and whole shares its chunk. A large one gets a block of its own, taken
// only after its announced size has passed the limit, and is received straight into it.
//
// The reading thread's own. Nothing blocks; it throws only std::bad_alloc, and for a large payload,
// whose size is the peer's choice, not even that: then the connection is broken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "multifrost/bytes.h"
#include "transport/direct/block_pool.h"
#include "transport/direct/frame.h"
#include "transport/input_buffer.h"

namespace multifrost::transport::direct {

class MessageReader {
 public:
  enum class Step : std::uint8_t {
    more,     ///< everything that has arrived is used up
    message,  ///< take_message()
    command,  ///< command(), until the next advance()
    broken    ///< fault(); nothing further can be read
  };

  /// `blocks` must outlive the reader.
  MessageReader(std::size_t max_message, BlockPool& blocks) noexcept
      : max_message_(max_message), blocks_(blocks) {}

  std::span<char> room();
  void received(std::size_t count) noexcept;
  Step advance();

  /// Into `into`, which is empty.
  void take_message(Bytes& into) noexcept { into.swap(payload_); }
  std::string_view command() const noexcept { return command_; }
  const std::string& fault() const noexcept { return fault_; }
  /// Nothing has arrived that advance() has not used; what is broken stays so.
  bool used_up() const noexcept {
    return input_.unread().empty() && !in_frame_ && frame_ == 0 && fault_.empty();
  }
  /// The peer stopped in the middle of something.
  bool within_message() const noexcept { return !unread().empty() || in_frame_ || frame_ != 0; }

  // For the handshake, which comes before the first frame.
  std::string_view unread() const noexcept { return input_.unread(); }
  void consume(std::size_t count) noexcept { input_.consume(count); }

 private:
  /// From here on a payload is received into a buffer of its own.
  static constexpr std::size_t kLarge = 8 * 1024;

  struct Large {
    std::shared_ptr<char[]> bytes;
    std::size_t size = 0;
    std::size_t filled = 0;
  };

  bool take_small_message() noexcept;
  bool begin_frame();
  bool finish_body();
  void begin_large(std::size_t size);

  std::size_t max_message_;
  BlockPool& blocks_;
  InputBuffer input_;
  FrameHeader header_;
  bool in_frame_ = false;
  std::uint64_t frame_ = 0;  ///< which frame of the message: 0 delimiter, 1 payload, others ignored
  std::uint64_t remaining_ = 0;  ///< bytes of the frame's body that are still to be used
  Large large_;
  Bytes payload_;
  std::string_view command_;
  std::string fault_;
};

}  // namespace multifrost::transport::direct
