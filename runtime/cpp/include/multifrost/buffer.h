// A growing byte buffer for outgoing messages: no zeroing, reusable, contiguous.
//
// A value that belongs to one thread at a time. Growing may throw std::bad_alloc.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "multifrost/bytes.h"

namespace multifrost {

class Buffer {
 public:
  Buffer() noexcept = default;
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Buffer();

  const char* data() const noexcept { return data_; }
  char* data() noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::size_t capacity() const noexcept { return capacity_; }
  BytesView view() const noexcept { return std::string_view(data_, size_); }

  void clear() noexcept { size_ = 0; }
  /// Forgets what was written after the first `size` bytes.
  void truncate(std::size_t size) noexcept { size_ = size; }

  void push(char byte) {
    if (size_ == capacity_) grow(1);
    data_[size_++] = byte;
  }
  void append(const void* from, std::size_t count) {
    if (count != 0) std::memcpy(extend(count), from, count);
  }
  void append(std::string_view text) { append(text.data(), text.size()); }
  /// Room for `count` more bytes, which the caller fills at once.
  char* extend(std::size_t count) {
    if (capacity_ - size_ < count) grow(count);
    char* room = data_ + size_;
    size_ += count;
    return room;
  }
  void reserve(std::size_t capacity) {
    if (capacity > capacity_) grow(capacity - size_);
  }
  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  void grow(std::size_t more);

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// The buffer's content as Bytes, without copying it.
Bytes share(Buffer&& buffer);

}  // namespace multifrost
