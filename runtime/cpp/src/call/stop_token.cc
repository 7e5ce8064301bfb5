#include "multifrost/stop_token.h"

#include <utility>

namespace multifrost {

namespace detail {

namespace {
const std::stop_token& as_token(const void* held) {
  return *static_cast<const std::stop_token*>(held);
}
}  // namespace

std::shared_ptr<const void> StopTokenAccess<std::stop_token>::hold(std::stop_token token) {
  if (!token.stop_possible()) return nullptr;
  return std::make_shared<const std::stop_token>(std::move(token));
}

std::stop_token StopTokenAccess<std::stop_token>::held(const void* token) noexcept {
  return token == nullptr ? std::stop_token() : as_token(token);
}

}  // namespace detail

bool StopToken::requested() const noexcept {
  return detail::as_token(held_.get()).stop_requested();
}

bool StopToken::possible() const noexcept { return detail::as_token(held_.get()).stop_possible(); }

}  // namespace multifrost
