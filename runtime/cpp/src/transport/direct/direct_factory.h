// Transports over plain sockets, on the threads of those who use them (R9). See direct_transport.h.
#pragma once

#include <memory>

#include "transport/transport.h"

namespace multifrost::transport {

std::unique_ptr<Factory> make_direct_factory();

}  // namespace multifrost::transport
