// Fresh call ids without a system call each: a generator for every thread, seeded anew after
// fork().
#pragma once

#include "engine/call_id.h"

namespace multifrost::session {

engine::CallId next_call_id();
/// Uniform over all 64 bits.
std::uint64_t random_number();

}  // namespace multifrost::session
