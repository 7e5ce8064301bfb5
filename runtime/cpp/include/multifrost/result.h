// Result<T>: the value of a call or the Failure that took its place.
//
// `value()` throws the failure's exception; everything else here never throws and never blocks.
#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "multifrost/failure.h"

namespace multifrost {

namespace detail {
/// Ends a value's life. Out of line, where there is anything to do: once for each type.
template <class T>
[[gnu::noinline]] void destroy_apart(T& value) noexcept {
  value.~T();
}
template <class T>
void destroy(T& value) noexcept {
  if constexpr (!std::is_trivially_destructible_v<T>) destroy_apart(value);
}
}  // namespace detail

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : ok_(true), value_(std::move(value)) {}               // NOLINT: converts
  Result(Failure failure) : ok_(false), failure_(std::move(failure)) {}  // NOLINT
  /// A value of its own, to be filled in where it stands.
  explicit Result(std::in_place_t) : ok_(true), value_{} {}
  Result(const Result& other) : ok_(other.ok_) {
    ok_ ? construct(value_, other.value_) : construct(failure_, other.failure_);
  }
  Result(Result&& other) noexcept : ok_(other.ok_) {
    ok_ ? construct(value_, std::move(other.value_)) : construct(failure_, other.failure_);
  }
  Result& operator=(Result other) noexcept {
    std::destroy_at(this);
    return *std::construct_at(this, std::move(other));
  }
  ~Result() { ok_ ? detail::destroy(value_) : failure_.~Failure(); }

  bool ok() const noexcept { return ok_; }
  explicit operator bool() const noexcept { return ok_; }

  /// The value; throws the failure's exception when there is none.
  T& value() & { return checked(), value_; }
  const T& value() const& { return checked(), value_; }
  T&& value() && { return checked(), std::move(value_); }

  /// Only when ok().
  T& operator*() & noexcept { return value_; }
  const T& operator*() const& noexcept { return value_; }
  T&& operator*() && noexcept { return std::move(value_); }
  T* operator->() noexcept { return &value_; }
  const T* operator->() const noexcept { return &value_; }

  /// Only when !ok().
  const Failure& failure() const noexcept { return failure_; }

  /// Puts a failure in the value's place; only when ok().
  void fail(Failure&& failure) noexcept {
    detail::destroy(value_);
    ok_ = false;
    construct(failure_, std::move(failure));
  }

 private:
  template <class Member, class From>
  static void construct(Member& member, From&& from) {
    std::construct_at(&member, std::forward<From>(from));
  }
  void checked() const {
    if (!ok_) failure_.raise();
  }

  // std::variant would do, at several times the cost to compile for every result type.
  bool ok_;
  union {
    T value_;
    Failure failure_;
  };
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() noexcept = default;
  Result(Failure failure) : failure_(std::move(failure)) {}  // NOLINT

  bool ok() const noexcept { return !failure_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }
  void value() const {
    if (failure_) failure_->raise();
  }
  const Failure& failure() const noexcept { return *failure_; }

 private:
  std::optional<Failure> failure_;
};

}  // namespace multifrost
