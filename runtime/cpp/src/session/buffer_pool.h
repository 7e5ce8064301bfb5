// Buffers of requests, kept by each thread for its next one: so that a small call allocates nothing
// and asks no lock.
#pragma once

#include "multifrost/buffer.h"

namespace multifrost::session {

/// Empty, perhaps with capacity. Any thread, also one that is ending.
Buffer take_buffer() noexcept;
/// Keeps its memory for take_buffer() on this thread, unless it is large.
void give_buffer(Buffer buffer) noexcept;

}  // namespace multifrost::session
