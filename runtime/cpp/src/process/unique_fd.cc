// Closing a descriptor without disturbing errno.
#include "process/unique_fd.h"

#include <unistd.h>

#include <cerrno>

namespace multifrost::process {

void UniqueFd::reset(int fd) noexcept {
  const int old = std::exchange(fd_, fd);
  if (old < 0) return;
  const int saved = errno;
  // Linux frees the number even when close() reports EINTR, so there is nothing to repeat.
  ::close(old);
  errno = saved;
}

}  // namespace multifrost::process
