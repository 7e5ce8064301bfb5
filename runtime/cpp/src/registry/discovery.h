// Finds a service that is there or comes soon (spec 5.2 "Discovery behavior").
#pragma once

#include <chrono>
#include <string>

#include "multifrost/result.h"
#include "registry/registry.h"

namespace multifrost::registry {

/// Blocks until a live service of that id takes connections, until `until`, or until `wake` is
/// readable (negative: none). Looks at once when the registry changes, and every 100 ms.
///
/// The failure says why: no such service (ErrorCode::registry, with the ids that there are), or one
/// that does not take connections (ErrorCode::connection).
Result<Service> discover(const Registry& registry, const std::string& id,
                         std::chrono::steady_clock::time_point until, int wake = -1);

}  // namespace multifrost::registry
