// A folder that only our own user may enter, for the Unix socket of one worker (R6); gone with its
// owner.
#pragma once

#include <string>

#include "multifrost/result.h"

namespace multifrost::transport::direct {

class PrivateFolder {
 public:
  /// Makes it (0700) under $TMPDIR, or under /tmp when that path is too long for a socket's
  /// address.
  static Result<PrivateFolder> make();

  PrivateFolder() noexcept = default;
  PrivateFolder(PrivateFolder&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  PrivateFolder& operator=(PrivateFolder&& other) noexcept {
    path_.swap(other.path_);
    return *this;
  }
  /// Removes the socket and the folder.
  ~PrivateFolder();
  /// They are somebody else's.
  void leave() noexcept { path_.clear(); }

  std::string socket_path() const { return path_ + "/worker"; }

 private:
  std::string path_;
};

/// 128 random bits as text; what a worker shows to be the one that was started.
std::string one_time_token();

}  // namespace multifrost::transport::direct
