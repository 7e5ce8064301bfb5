// Makes std::stop_token and multifrost::StopToken convert into each other; see multifrost/stop.h.
#pragma once

#include <memory>
#include <stop_token>

#include "multifrost/stop.h"

namespace multifrost::detail {

template <>
struct StopTokenAccess<std::stop_token> {
  static std::shared_ptr<const void> hold(std::stop_token token);
  /// Null: one that never stops.
  static std::stop_token held(const void* token) noexcept;
};

}  // namespace multifrost::detail
