// Does somebody take connections at a port of this machine? An entry outlives a service that was
// stopped or hangs, and a connection that is dialled for ever tells nobody why it does not come.
#pragma once

#include <cstdint>
#include <string>

namespace multifrost::registry {

/// Empty: yes. Else why not. Blocks for a second at most.
std::string probe(std::uint16_t port);

}  // namespace multifrost::registry
