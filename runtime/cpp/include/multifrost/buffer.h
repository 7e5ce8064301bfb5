// A growing byte buffer for outgoing messages: no zeroing, reusable.
//
// What is appended is contiguous. Large bytes may instead be attached: they stand in the message
// without being copied into it, and a transport that can gather writes them from where they lie
// (for_each_part). Whoever asks for data() or view() gets one contiguous piece all the same: they
// are copied in then.
//
// A value that belongs to one thread at a time. Growing, data() and view() may throw
// std::bad_alloc.
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

  const char* data() const {
    if (attached_) flatten();
    return data_;
  }
  char* data() {
    if (attached_) flatten();
    return data_;
  }
  std::size_t size() const noexcept { return size_ + attached_size_; }
  bool empty() const noexcept { return size() == 0; }
  std::size_t capacity() const noexcept { return capacity_; }
  BytesView view() const {
    if (attached_) flatten();
    return std::string_view(data_, size_);
  }

  void clear() noexcept {
    size_ = 0;
    if (attached_) drop_attached();
  }
  /// Forgets what was written after the first `size` bytes.
  void truncate(std::size_t size) {
    if (attached_) flatten();
    size_ = size;
  }

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
  /// Gives back the last `count` bytes of those that extend() has just given.
  void shorten(std::size_t count) noexcept { size_ -= count; }
  /// Room for `count` more bytes, which may come piece by piece.
  void reserve_more(std::size_t count) {
    if (capacity_ - size_ < count) grow(count);
  }

  /// So many bytes before the message, for whoever sends it with a head of its own. They are no
  /// part of it and anybody's until the next change. Null: it does not lie in one piece.
  char* head_room() noexcept { return data_ == nullptr || attached_ ? nullptr : data_ - kHeadRoom; }
  static constexpr std::size_t kHeadRoom = 16;

  /// Large bytes as the next part of the message, shared.
  void attach(Bytes bytes);
  /// The same, only borrowed: they must live until the message is sent or own() has run.
  void attach_borrowed(BytesView bytes);
  /// Something in it is only borrowed.
  bool borrows() const noexcept { return attached_ && any_borrowed(); }
  /// From here on nothing is borrowed: `copy` makes Bytes of its own from each view that is.
  template <class Copy>
  void own(Copy&& copy) {
    if (attached_ == nullptr) return;
    std::size_t at = 0;
    while (Bytes* borrowed = next_borrowed(at)) *borrowed = copy(borrowed->view());
  }
  void own() {
    own([](BytesView borrowed) { return Bytes(borrowed); });
  }
  /// The message from front to back, each contiguous part as a string_view.
  template <class Visit>
  void for_each_part(Visit&& visit) const {
    std::size_t from = 0;
    if (attached_) {
      for (std::size_t i = 0; i < attached_count(); ++i) {
        const Piece& piece = attached_piece(i);
        if (piece.at != from) visit(std::string_view(data_ + from, piece.at - from));
        visit(piece.bytes.as_text());
        from = piece.at;
      }
    }
    if (from != size_) visit(std::string_view(data_ + from, size_ - from));
  }

  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    std::swap(attached_, other.attached_);
    std::swap(attached_size_, other.attached_size_);
  }

 private:
  struct Piece {
    std::size_t at = 0;  ///< behind so many bytes of `data_`
    Bytes bytes;
    bool borrowed = false;
  };
  // Rare, and out of line: every file that makes calls would compile a vector and its owner.
  struct Attached;

  void grow(std::size_t more);
  bool any_borrowed() const noexcept;
  void add_piece(Piece piece);
  std::size_t attached_count() const noexcept;
  const Piece& attached_piece(std::size_t index) const noexcept;
  /// The first piece from `from` on that is borrowed; it then is no longer. Null: none is.
  Bytes* next_borrowed(std::size_t& from) noexcept;
  void drop_attached() noexcept;
  /// Copies what is attached in; the content stays the same.
  void flatten() const;

  char* data_ = nullptr;  ///< kHeadRoom bytes behind the beginning of its memory
  std::size_t size_ = 0;  ///< without what is attached
  std::size_t capacity_ = 0;
  Attached* attached_ = nullptr;  ///< owned
  std::size_t attached_size_ = 0;
};

/// The buffer's content as Bytes, without copying it.
Bytes share(Buffer&& buffer);

}  // namespace multifrost
