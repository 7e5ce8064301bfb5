// Cap'n Proto refuses large messages unless told otherwise.
#pragma once

#include <capnp/ez-rpc.h>

inline capnp::ReaderOptions no_limits() {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 1ULL << 40U;
  return options;
}

/// Room for `bytes` in one segment, or they would be copied twice.
inline capnp::MessageSize room_for(std::size_t bytes) { return {bytes / 8 + 64, 0}; }
