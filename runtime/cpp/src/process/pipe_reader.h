// Reads what a non-blocking pipe holds, without ever blocking and without starving other work.
//
// A value of one thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "process/unique_fd.h"

namespace multifrost::process {

enum class PipeState : unsigned char {
  open,  ///< everything that was there, or the limit of one turn, has been read
  ended  ///< end of file or a broken pipe; the descriptor is closed
};

/// One read: false when nothing is there now; at the end `pipe` is closed and `size` is 0.
bool read_piece(UniqueFd& pipe, char* to, std::size_t room, std::size_t& size) noexcept;

/// Reads at most `limit` bytes from `pipe` and passes them on in pieces: `bytes(std::string_view)`.
template <class Bytes>
PipeState read_pipe(UniqueFd& pipe, Bytes&& bytes, std::size_t limit = 256 * 1024) {
  char piece[16 * 1024];
  std::size_t total = 0;
  while (pipe && total < limit) {
    std::size_t size = 0;
    if (!read_piece(pipe, piece, sizeof piece, size)) return PipeState::open;
    if (size != 0) bytes(std::string_view(piece, size));
    total += size;
  }
  return pipe ? PipeState::open : PipeState::ended;
}

}  // namespace multifrost::process
