// Memory for one large payload.
//
// Fresh memory costs a page fault for every 4 KiB, which for tens of megabytes is more than copying
// them; from some megabytes on the system is asked for huge pages, which it grants where it can.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace multifrost::transport::direct {

struct FreeLargeBlock {
  void operator()(char* block) const noexcept { std::free(block); }
};
using LargeBlock = std::unique_ptr<char[], FreeLargeBlock>;

/// Uninitialised. Throws std::bad_alloc.
LargeBlock make_large_block(std::size_t size);

}  // namespace multifrost::transport::direct
