// Memory of a connection's large payloads, kept for the next one.
//
// Fresh memory costs a page fault for every 4 KiB, which is more than receiving them costs. So a
// block comes back when the last Bytes that share it go, on whatever thread that is, and the next
// payload of about its size gets it. What is kept is bounded, and dropped when no large payload has
// come or gone for a while, or with the connection. That costs small messages nothing and needs no
// traffic: whoever keeps a block asks a Reminder, and age() follows on the thread that it wakes.
//
// Any thread; a short lock. take() throws std::bad_alloc.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "multifrost/bytes.h"
#include "transport/direct/reminder.h"

namespace multifrost::transport::direct {

class BlockPool {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Smaller ones the allocator gives again soon enough.
  static constexpr std::size_t kWorthwhile = 64 * 1024;
  /// So many bytes are kept at most.
  static constexpr std::size_t kKept = std::size_t{72} << 20;
  /// So long after the last use; at the first reminder after that it is dropped.
  static constexpr std::chrono::nanoseconds kKeptFor = Reminder::kAfter;

  /// `reminder` is asked when something is kept; it must outlive the pool, not the blocks.
  explicit BlockPool(Reminder* reminder = nullptr);
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  /// Blocks that are out stay valid; they are freed when they come back.
  ~BlockPool();

  /// Uninitialised.
  std::shared_ptr<char[]> take(std::size_t size);
  /// The same bytes in a block.
  Bytes copy(BytesView bytes);
  /// Drops what is kept if it has not been used for kKeptFor, else asks the reminder again. Almost
  /// free when nothing is kept.
  void age(Time now) noexcept;
  /// Drops what is kept, and keeps nothing from now on.
  void close() noexcept;
  bool keeps() const noexcept;
  std::size_t kept_bytes() const noexcept;

 private:
  struct Shelf;
  std::shared_ptr<Shelf> shelf_;
};

}  // namespace multifrost::transport::direct
