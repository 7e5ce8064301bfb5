// How the registry says that something is wrong (spec 9.1 RegistryError).
#pragma once

#include <string>
#include <system_error>

#include "multifrost/failure.h"

namespace multifrost::registry {

inline Failure registry_failure(std::string text) {
  return {ErrorCode::registry, Execution::not_executed, std::move(text)};
}

/// "cannot write FILE: No space left on device"
inline Failure registry_failure(const std::string& what, int error) {
  return registry_failure(what + ": " + std::generic_category().message(error));
}

}  // namespace multifrost::registry
