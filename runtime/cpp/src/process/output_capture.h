// Takes over this process's descriptors 1 and 2, for a worker whose parent expects its output as
// messages (spec 8.1) instead of reading pipes.
//
// The original descriptors come back with the destructor. Make one before threads print. One at a
// time in a process. Throws std::system_error when the process has no descriptors left.
#pragma once

#include <string_view>

#include "process/unique_fd.h"

namespace multifrost::process {

class OutputCapture {
 public:
  OutputCapture();
  OutputCapture(const OutputCapture&) = delete;
  OutputCapture& operator=(const OutputCapture&) = delete;
  ~OutputCapture();

  /// What has been printed, to be read (non-blocking) by one thread.
  UniqueFd& out() noexcept { return out_.read; }
  UniqueFd& err() noexcept { return err_.read; }

  /// Writes to where the descriptor led before; blocks as printing there does.
  void print(bool is_error, std::string_view bytes) const noexcept;

 private:
  struct Taken {
    UniqueFd read;
    UniqueFd original;
  };
  static Taken take(int descriptor);

  Taken out_;
  Taken err_;
};

}  // namespace multifrost::process
