// Buffers of requests, kept for the next one: so that a small call allocates nothing. Any thread.
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "multifrost/buffer.h"

namespace multifrost::session {

class BufferPool {
 public:
  Buffer take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return {};
    Buffer buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }
  void give(Buffer buffer) {
    if (buffer.capacity() == 0 || buffer.capacity() > kLargest) return;
    buffer.clear();
    const std::lock_guard lock(mutex_);
    if (free_.size() < kMost) free_.push_back(std::move(buffer));
  }

 private:
  static constexpr std::size_t kMost = 16;
  static constexpr std::size_t kLargest = 64 * 1024;
  std::mutex mutex_;
  std::vector<Buffer> free_;
};

}  // namespace multifrost::session
