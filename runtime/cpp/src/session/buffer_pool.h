// Buffers of requests, kept by each thread for its next one: so that a small call allocates nothing
// and asks no lock.
#pragma once

#include "multifrost/buffer.h"

namespace multifrost::session {

/// Gives `buffer`, which is empty, memory that has been kept, if there is any. Any thread, also one
/// that is ending.
void take_buffer(Buffer& buffer) noexcept;
/// Keeps the memory of `buffer`, which is empty afterwards, for take_buffer() on this thread,
/// unless it is large.
void give_buffer(Buffer& buffer) noexcept;

}  // namespace multifrost::session
