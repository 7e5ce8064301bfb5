// One read from a non-blocking pipe.
#include "process/pipe_reader.h"

#include <unistd.h>

#include <cerrno>

namespace multifrost::process {

bool read_piece(UniqueFd& pipe, char* to, std::size_t room, std::size_t& size) noexcept {
  ssize_t count;
  do {
    count = ::read(pipe.get(), to, room);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && errno == EAGAIN) return false;
  size = count > 0 ? static_cast<std::size_t>(count) : 0;
  if (count <= 0) pipe.reset();
  return true;
}

}  // namespace multifrost::process
