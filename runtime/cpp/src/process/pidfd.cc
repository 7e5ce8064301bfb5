// The bare system call: the header of glibc 2.36 cannot be used from C++.
#include "process/pidfd.h"

#include <sys/syscall.h>
#include <unistd.h>

namespace multifrost::process {

UniqueFd open_pidfd(pid_t pid) noexcept {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

}  // namespace multifrost::process
