// Boxed<T>: an optional value on the heap, for types that contain themselves.
//
// It has optional's interface and copies deeply, so that a tree is a value like any other. Thread
// rule: a value; distinct objects may be used from any thread. Allocation can throw.
#pragma once

#include <utility>

namespace multifrost {

template <class T>
class Boxed {
 public:
  Boxed() noexcept = default;
  Boxed(const T& value) : value_(new T(value)) {}        // NOLINT: as std::optional converts
  Boxed(T&& value) : value_(new T(std::move(value))) {}  // NOLINT
  Boxed(const Boxed& other) : value_(other.value_ != nullptr ? new T(*other.value_) : nullptr) {}
  Boxed(Boxed&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  Boxed& operator=(Boxed other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Boxed() { delete value_; }

  bool has_value() const noexcept { return value_ != nullptr; }
  explicit operator bool() const noexcept { return has_value(); }

  /// Only when has_value().
  T& operator*() noexcept { return *value_; }
  const T& operator*() const noexcept { return *value_; }
  T* operator->() noexcept { return value_; }
  const T* operator->() const noexcept { return value_; }

  /// A new, default value in place of what was there.
  T& emplace() {
    *this = Boxed(T());
    return *value_;
  }
  void reset() noexcept { *this = Boxed(); }

  friend bool operator==(const Boxed& left, const Boxed& right) {
    if (left.value_ == nullptr || right.value_ == nullptr) return left.value_ == right.value_;
    return *left.value_ == *right.value_;
  }

 private:
  T* value_ = nullptr;
};

}  // namespace multifrost
