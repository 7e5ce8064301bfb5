// Tells a process from the children that its program forks (R10): connections, threads and worker
// processes belong to the one that made them.
#pragma once

#include <cstdint>

namespace multifrost::session {

/// Changes in a child of fork(), at no cost for those who ask. Any thread.
std::uint32_t process_epoch() noexcept;

}  // namespace multifrost::session
