// Bytes on their way out, as a list of segments: small messages are put together, large ones move
// in whole.
//
// What a message only borrows (Buffer::attach_borrowed) is copied here, since it may outlast the
// call that brought it; or, when it is lent, at the latest by own().
//
// A value of one thread at a time; the Writer says whose.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "multifrost/buffer.h"
#include "transport/direct/block_pool.h"

namespace multifrost::transport::direct {

/// The parts of `message` behind its first `skipped` bytes, as many as fit; returns how many.
int gather(const Buffer& message, std::size_t skipped, std::span<iovec> into) noexcept;

class OutSegments {
 public:
  /// `blocks` gives the memory for large copies; it must outlive this.
  explicit OutSegments(BlockPool& blocks) noexcept : blocks_(&blocks) {}
  bool empty() const noexcept { return segments_.empty(); }

  /// One message with its head. Small: copied, and `message` only cleared; large: moved in.
  void add_message(std::string_view head, Buffer& message, bool lent = false);
  /// What remains of a message whose first `done` bytes (head included) have been written.
  void add_rest(std::string_view head, Buffer& message, std::size_t done, bool lent = false);
  /// Copies what is still lent.
  void own();
  /// A complete frame that is no message.
  void add_raw(std::string_view frame) { append(frame); }

  void drop() noexcept;

  /// Fills `into` from the front; returns how many entries.
  int gather(std::span<iovec> into) const noexcept;
  /// Removes `count` bytes from the front; returns how many messages have thereby left whole.
  std::uint64_t remove(std::size_t count) noexcept;

 private:
  static constexpr std::size_t kMovedFrom = 16 * 1024;
  static constexpr std::size_t kJoinedUpTo = 64 * 1024;

  Buffer& segment_for(std::size_t more);
  void append(std::string_view bytes);
  void own(Buffer& segment);

  BlockPool* blocks_;
  std::deque<Buffer> segments_;
  Buffer spare_;                     ///< of a segment that has left, for the next one
  std::size_t done_ = 0;             ///< bytes of the first segment that have been written
  std::uint64_t added_ = 0;          ///< bytes, ever
  std::uint64_t removed_ = 0;        ///< bytes, ever
  std::vector<std::uint64_t> ends_;  ///< where each message ends, in bytes ever added
  std::size_t left_ = 0;             ///< so many of them have been written whole
};

}  // namespace multifrost::transport::direct
