// Transports over libzmq: for networks, for CURVE later, and as the oracle of the direct transport
// (R9).
//
// The simple form: each transport has one I/O thread, which receives; a queue under a mutex and a
// condition variable or an eventfd connect it with the reader (zmq_transport.h). Two things
// libzmq cannot do, and the direct transport can:
//  - refuse a peer before it takes part: a PeerCheck is not asked, and the listener stays open,
//    since unbinding it would end the connections that it accepted. A stranger who connects to a
//    parent's port gets a part of its calls.
//  - stop reading one connection of several. A worker whose one parent does not read stops reading
//    all.
#pragma once

#include <memory>

#include "transport/transport.h"

namespace multifrost::transport {

std::unique_ptr<Factory> make_zmq_factory();

}  // namespace multifrost::transport
