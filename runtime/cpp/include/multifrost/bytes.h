// Byte strings: a view for parameters, and a cheap shared owner for results and members.
//
// `Bytes` may share the frame that it arrived in, so a received 64 MiB image costs no copy; it
// keeps that frame alive as long as it lives. Thread rule: both are values; distinct objects may be
// used from any thread, and the bytes themselves never change. Nothing here blocks; only allocation
// can fail.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace multifrost {

template <class T>
concept ByteLike =
    std::is_same_v<std::remove_cv_t<T>, std::byte> || std::is_same_v < std::remove_cv_t<T>,
unsigned char > || std::is_same_v<std::remove_cv_t<T>, char>;

/// A view of somebody else's bytes: made from any contiguous range of byte, unsigned char or char.
class BytesView : public std::span<const std::byte> {
 public:
  constexpr BytesView() noexcept = default;
  constexpr BytesView(const std::byte* data, std::size_t size) noexcept : span(data, size) {}

  template <class Range>
  requires requires(const Range& range) {
    requires ByteLike<std::remove_pointer_t<decltype(range.data())>>;
    range.size();
  }
  BytesView(const Range& range) noexcept  // NOLINT: views convert implicitly
      : span(reinterpret_cast<const std::byte*>(range.data()), range.size()) {}

  std::string_view as_text() const noexcept {
    return {reinterpret_cast<const char*>(data()), size()};
  }
};

/// Immutable bytes with shared ownership: copying is a reference count, slicing never copies.
class Bytes {
 public:
  Bytes() noexcept = default;

  /// Copies what `view` shows.
  explicit Bytes(BytesView view);
  explicit Bytes(const char* text) : Bytes(BytesView(std::string_view(text))) {}
  /// Takes the vector over without copying it.
  explicit Bytes(std::vector<std::byte>&& owned);

  /// Shares `size` bytes at `data`, which live as long as `owner`.
  Bytes(std::shared_ptr<const void> owner, const std::byte* data, std::size_t size) noexcept
      : owner_(std::move(owner)), data_(data), size_(size) {}

  // Out of line where an owner's count changes: every struct with bytes would carry that code.
  Bytes(const Bytes& other) noexcept;
  Bytes(Bytes&& other) noexcept
      : owner_(std::move(other.owner_)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Bytes& operator=(const Bytes& other) noexcept;
  Bytes& operator=(Bytes&& other) noexcept;
  ~Bytes();

  const std::byte* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  const std::byte* begin() const noexcept { return data_; }
  const std::byte* end() const noexcept { return data_ + size_; }

  BytesView view() const noexcept { return {data_, size_}; }
  std::string_view as_text() const noexcept { return view().as_text(); }
  std::vector<std::byte> to_vector() const;

  /// The part from `offset` on, at most `count` bytes, sharing the same owner.
  Bytes slice(std::size_t offset, std::size_t count) const noexcept;
  void swap(Bytes& other) noexcept {
    owner_.swap(other.owner_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }
  /// Keeps only `part`, which lies in it.
  void narrow(BytesView part) noexcept {
    data_ = part.data();
    size_ = part.size();
  }

  friend bool operator==(const Bytes& left, const Bytes& right) noexcept {
    return left.as_text() == right.as_text();
  }

 private:
  std::shared_ptr<const void> owner_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// `bytes(3)` and so on: for messages and tests, never the content.
std::string to_string(const Bytes& bytes);

}  // namespace multifrost
