// SIGINT and SIGTERM as a descriptor, for the time that a worker runs as its program's main job.
//
// The second signal of a kind acts as it would without us, so that a stuck program can still be
// interrupted. One at a time in a process: signal handlers are global. Handlers are put back by the
// destructor.
#pragma once

#include <csignal>

#include "transport/event_fd.h"

namespace multifrost::transport {

class SignalWatch {
 public:
  SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();

  /// Readable once one of the two has arrived.
  int descriptor() const noexcept { return arrived_.get(); }

 private:
  EventFd arrived_;
  struct sigaction interrupt_ {};
  struct sigaction terminate_ {};
};

}  // namespace multifrost::transport
