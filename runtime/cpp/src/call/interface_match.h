// Whether a worker serves the interface that a generated client was made for (wire page, interface
// handshake).
//
// Pure functions: nothing here knows of messages or connections.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "multifrost/failure.h"
#include "multifrost/method.h"

namespace multifrost::call {

/// Why a client of `expected` must not call the worker `who`, which tells that it serves `served`.
/// None: it may, or nobody can tell: a worker tells of nothing, or, with an entry without a name,
/// that it also has functions outside any interface.
std::optional<Failure> interface_mismatch(const Interface& expected,
                                          const std::vector<Interface>& served,
                                          std::string_view who);

}  // namespace multifrost::call
