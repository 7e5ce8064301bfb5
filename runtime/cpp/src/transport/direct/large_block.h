// Memory for one large payload.
//
// Fresh memory costs a page fault for every 4 KiB, which for tens of megabytes is more than copying
// them; from sixteen megabytes on the system is asked for huge pages, which it grants where it can.
#pragma once

#include <cstddef>
#include <memory>

namespace multifrost::transport::direct {

/// Uninitialised. Throws std::bad_alloc.
std::shared_ptr<char[]> make_large_block(std::size_t size);

}  // namespace multifrost::transport::direct
