// Table<T>: a constant array of generated code, seen through a pointer and a size.
//
// What std::span would do, at a tenth of the time to compile: generated sources have a table for
// every method, struct and enum. Thread rule: constants; any thread.
#pragma once

#include <cstddef>

namespace multifrost {

template <class T>
class Table {
 public:
  constexpr Table() noexcept = default;
  constexpr Table(const T* items, std::size_t size) noexcept : items_(items), size_(size) {}
  template <std::size_t size>
  constexpr Table(const T (&items)[size]) noexcept  // NOLINT: as a span converts
      : items_(items), size_(size) {}

  constexpr const T* begin() const noexcept { return items_; }
  constexpr const T* end() const noexcept { return items_ + size_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr const T& operator[](std::size_t index) const noexcept { return items_[index]; }

 private:
  const T* items_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace multifrost
