// StopToken: a std::stop_token without <stop_token>, which brings threads, atomics and semaphores:
// an eighth of what a file with a generated header takes to compile.
//
// Asking it whether to stop needs nothing else. To make one of a std::stop_token, or a
// std::stop_token of one (for std::stop_callback and std::condition_variable_any), include
// multifrost/stop_token.h; the two then convert into each other:
//
//   std::stop_source source;
//   client.with({.stop = source.get_token()}).detect(image);
//
// A value that shares its source's state; any thread may ask. Nothing blocks; only making one of a
// std::stop_token may throw, and only std::bad_alloc.
#pragma once

#include <memory>

namespace multifrost {

namespace detail {
/// How a std::stop_token is held: complete with multifrost/stop_token.h.
template <class Token>
struct StopTokenAccess;
/// Something like a std::stop_token.
template <class Token>
concept AsksToStop = requires(const Token& token) {
  token.stop_requested();
  token.stop_possible();
};
template <class Token>
concept AccessibleStopToken = requires {
  sizeof(StopTokenAccess<Token>);
};
}  // namespace detail

class StopToken {
 public:
  /// Never stopped.
  StopToken() noexcept = default;

  /// `token` is a std::stop_token.
  template <detail::AsksToStop Token>
  StopToken(const Token& token) {  // NOLINT: converts
    static_assert(detail::AccessibleStopToken<Token>, "include multifrost/stop_token.h");
    held_ = detail::StopTokenAccess<Token>::hold(token);
  }
  /// To std::stop_token.
  template <detail::AccessibleStopToken Token>
  operator Token() const noexcept {  // NOLINT: converts
    return detail::StopTokenAccess<Token>::held(held_.get());
  }

  /// Whether it was asked to stop.
  bool stop_requested() const noexcept { return held_ != nullptr && requested(); }
  /// Whether it was, or still can be.
  bool stop_possible() const noexcept { return held_ != nullptr && possible(); }

 private:
  bool requested() const noexcept;
  bool possible() const noexcept;

  std::shared_ptr<const void> held_;  ///< a std::stop_token; null: never stopped
};

}  // namespace multifrost
