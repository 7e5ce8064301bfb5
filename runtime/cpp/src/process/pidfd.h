// A descriptor that becomes readable when a process has ended.
#pragma once

#include <sys/types.h>

#include "process/unique_fd.h"

namespace multifrost::process {

/// Empty when there is no such process, or the kernel is older than 5.3.
UniqueFd open_pidfd(pid_t pid) noexcept;

}  // namespace multifrost::process
