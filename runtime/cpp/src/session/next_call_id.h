// Fresh call ids without a system call each: a generator for every thread, seeded anew after
// fork().
#pragma once

#include "engine/call_id.h"

namespace multifrost::session {

engine::CallId next_call_id();
/// The lower half of one.
std::uint64_t next_call_id_low();

}  // namespace multifrost::session
