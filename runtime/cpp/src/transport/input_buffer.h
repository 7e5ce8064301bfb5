// Where received bytes lie: chunks that payloads share, so that nothing is copied or moved under a
// reader.
//
// Bytes arrive in a chunk one after another and are never overwritten while somebody may hold a
// slice: when a chunk is full a new one begins, and only the incomplete rest is copied over. A
// slice costs a reference count and no allocation. The reading thread's own; slices may go
// anywhere.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "multifrost/bytes.h"

namespace multifrost::transport {

class InputBuffer {
 public:
  static constexpr std::size_t kChunk = 32 * 1024;

  /// Room to receive into; never empty. `wanted` bytes from the first unread one will fit without
  /// moving again (at most kChunk).
  std::span<char> room(std::size_t wanted = 1);
  /// `count` bytes of the room were filled.
  void received(std::size_t count) noexcept { end_ += count; }

  std::string_view unread() const noexcept {
    return chunk_ ? std::string_view(chunk_.get() + begin_, end_ - begin_) : std::string_view();
  }
  void consume(std::size_t count) noexcept { begin_ += count; }
  /// The first `count` unread bytes, consumed, without a copy.
  Bytes slice(std::size_t count) noexcept;

 private:
  std::shared_ptr<char[]> chunk_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace multifrost::transport
