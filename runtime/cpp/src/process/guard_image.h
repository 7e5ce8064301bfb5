// The guard's program file (guard/CMakeLists.txt), which is part of this library.
#pragma once

#include "process/unique_fd.h"

namespace multifrost::process {

/// The guard's program in a file of memory alone, to be executed through /proc/self/fd: no file
/// system holds it, nothing has to be installed. Empty, with errno, where the system refuses such
/// files or there is no guard for this processor (ENOEXEC). Never blocks.
UniqueFd open_guard_image() noexcept;

}  // namespace multifrost::process
