// A shelf of a few blocks that outlives the pool while some are out.
#include "transport/direct/block_pool.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <mutex>
#include <span>
#include <utility>

#include "transport/direct/large_block.h"

namespace multifrost::transport::direct {
namespace {

/// A multiple of an eighth of its power of two, so that payloads of about one size share blocks.
std::size_t rounded(std::size_t size) noexcept {
  const std::size_t step = std::max<std::size_t>(std::bit_floor(size) / 8, 4096);
  return (size + step - 1) / step * step;
}

}  // namespace

struct BlockPool::Shelf {
  static constexpr std::size_t kMost = 4;

  struct Block {
    LargeBlock memory;
    std::size_t size = 0;
  };

  std::mutex mutex;
  std::array<Block, kMost> blocks;  ///< the first `count`, oldest first
  std::size_t count = 0;
  std::size_t bytes = 0;
  Time last_used{};
  Reminder* reminder = nullptr;  ///< of a pool that is not closed, if it has one
  bool closed = false;
  std::atomic<bool> keeps{false};  ///< count != 0

  LargeBlock take(std::size_t size) {
    const std::lock_guard lock(mutex);
    for (std::size_t at = count; at-- > 0;) {
      if (blocks[at].size != size) continue;
      LargeBlock memory = std::move(blocks[at].memory);
      remove(at);
      return memory;
    }
    return nullptr;
  }

  void give(LargeBlock memory, std::size_t size) noexcept {
    LargeBlock unwanted[kMost];  // freed after the lock
    const std::lock_guard lock(mutex);
    if (closed || size > kKept) {
      unwanted[0] = std::move(memory);
      return;
    }
    for (std::size_t i = 0; count == kMost || bytes + size > kKept; ++i) {
      unwanted[i] = std::move(blocks[0].memory);
      remove(0);
    }
    blocks[count++] = {std::move(memory), size};
    bytes += size;
    last_used = std::chrono::steady_clock::now();
    keeps.store(true, std::memory_order_release);
    if (reminder != nullptr) reminder->ask();
  }

  void drop(std::span<LargeBlock, kMost> into) noexcept {
    while (count != 0) {
      into[count - 1] = std::move(blocks[count - 1].memory);
      remove(count - 1);
    }
  }

  void remove(std::size_t at) noexcept {
    bytes -= blocks[at].size;
    std::move(blocks.begin() + static_cast<std::ptrdiff_t>(at) + 1,
              blocks.begin() + static_cast<std::ptrdiff_t>(count),
              blocks.begin() + static_cast<std::ptrdiff_t>(at));
    blocks[--count] = {};
    keeps.store(count != 0, std::memory_order_release);
  }
};

BlockPool::BlockPool(Reminder* reminder) : shelf_(std::make_shared<Shelf>()) {
  shelf_->reminder = reminder;
}

BlockPool::~BlockPool() { close(); }

void BlockPool::close() noexcept {
  LargeBlock unwanted[Shelf::kMost];  // freed after the lock
  const std::lock_guard lock(shelf_->mutex);
  shelf_->closed = true;
  shelf_->reminder = nullptr;
  shelf_->drop(unwanted);
}

std::shared_ptr<char[]> BlockPool::take(std::size_t size) {
  if (size < kWorthwhile) return std::make_shared_for_overwrite<char[]>(size);
  const std::size_t whole = rounded(size);
  LargeBlock memory = shelf_->take(whole);
  if (!memory) memory = make_large_block(whole);
  // A shared_ptr that cannot be made calls its deleter, so the block is never lost.
  return {memory.release(),
          [shelf = shelf_, whole](char* block) { shelf->give(LargeBlock(block), whole); }};
}

Bytes BlockPool::copy(BytesView bytes) {
  auto block = take(bytes.size());
  if (!bytes.empty()) std::memcpy(block.get(), bytes.data(), bytes.size());
  const auto* const data = reinterpret_cast<const std::byte*>(block.get());
  return {std::move(block), data, bytes.size()};
}

void BlockPool::age(Time now) noexcept {
  if (!keeps()) return;
  LargeBlock unwanted[Shelf::kMost];  // freed after the lock
  const std::lock_guard lock(shelf_->mutex);
  if (now - shelf_->last_used > kKeptFor) {
    shelf_->drop(unwanted);
  } else if (shelf_->reminder != nullptr) {
    shelf_->reminder->ask();
  }
}

bool BlockPool::keeps() const noexcept { return shelf_->keeps.load(std::memory_order_acquire); }

std::size_t BlockPool::kept_bytes() const noexcept {
  const std::lock_guard lock(shelf_->mutex);
  return shelf_->bytes;
}

}  // namespace multifrost::transport::direct
