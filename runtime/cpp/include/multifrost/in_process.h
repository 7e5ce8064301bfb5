// Calls a worker object in this process, through the real codec: for tests without a process.
//
//   Detector detector;
//   auto vision = multifrost::in_process<Vision>(detector);   // a VisionClient, which is a Vision
//
// The call runs on the caller's thread; one with a stream on a thread of its own, and whoever lets
// the last end of it go waits until the handler has ended. `worker` must outlive every handle of
// the client.
#pragma once

#include <memory>

#include "multifrost/channel.h"
#include "multifrost/dispatcher.h"

namespace multifrost {

std::shared_ptr<Channel> in_process_channel(Dispatcher& worker, Format format = Format::msgpack);

template <class Interface>
typename Interface::Client in_process(Dispatcher& worker, Format format = Format::msgpack) {
  return typename Interface::Client(in_process_channel(worker, format));
}

}  // namespace multifrost
