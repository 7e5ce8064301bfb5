// A parent's side of a guard process (guard_protocol.h).
#pragma once

#include <sys/types.h>

#include "process/unique_fd.h"

namespace multifrost::process {

struct GuardHandle {
  pid_t pid = -1;    ///< our child; the worker is the guard's. -1: there is no guard
  UniqueFd control;  ///< the socket by which it is asked, and by whose closing it learns of our end
};

}  // namespace multifrost::process
