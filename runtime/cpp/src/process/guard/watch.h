// What the guard does while its worker lives, and afterwards.
//
//   stage    event                          what happens                             then
//   serving  the parent asks for a signal   the worker's group gets it               serving
//   serving  the parent asks for SIGKILL                                             sweeping
//   serving  the parent is gone             its end has closed the worker's lifeline asked
//   asked    stop_ms later                  the group gets SIGTERM                   told
//   told     kill_ms later                                                           sweeping
//   any      the worker has ended           its group is killed, its status kept,    sweeping
//                                           and the parent told: all may take a while
//   sweeping                                every child is killed, until none is left
//
// The parent is gone when its process has ended (by pidfd: a copy of it, made by its fork(), may
// hold its descriptors still) or when the control socket comes to end of file.
#pragma once

#include "process/guard/children.h"
#include "process/guard_protocol.h"

namespace multifrost::guard {

/// Blocks until nobody is left beneath us. How the worker ended; `pid` 0: it could not be seen.
/// `signals` is readable when a child has ended, `parent` when the parent has; -1 is never.
Ended watch(const Job& job, pid_t worker, const Children& children, int signals,
            int parent) noexcept;

}  // namespace multifrost::guard
