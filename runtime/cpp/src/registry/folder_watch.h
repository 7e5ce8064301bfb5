// Waits until something in a folder changes (inotify).
//
// One thread. Works without inotify too (a system may have run out of watches): then only the time
// ends a wait, which is why whoever waits also looks every now and then.
#pragma once

#include <chrono>
#include <string>

#include "process/unique_fd.h"

namespace multifrost::registry {

class FolderWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Changes from now on are noticed.
  explicit FolderWatch(const std::string& folder) noexcept;

  /// Blocks until a change, until `until`, or while not `wake` is readable (negative: none).
  void wait(Time until, int wake = -1) noexcept;

 private:
  process::UniqueFd events_;
};

}  // namespace multifrost::registry
