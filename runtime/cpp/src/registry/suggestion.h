// "did you mean …": the known name that is closest to one that nobody knows.
//
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace multifrost::registry {

/// Empty: none is close.
std::string closest(std::string_view wanted, const std::vector<std::string>& known);

}  // namespace multifrost::registry
