// Reads and replaces services.json, whatever others do to it meanwhile.
//
// A replacement is written beside the file and renamed over it: readers see the old or the new
// one, a full disk leaves the old one. A file that is no JSON object counts as one in the middle
// of a foreign writer's work; if it stays so it is set aside, never overwritten.
//
// Any thread; changes under the Locks.
#pragma once

#include <string>

#include "multifrost/result.h"
#include "registry/entries.h"

namespace multifrost::registry {

class RegistryFile {
 public:
  explicit RegistryFile(std::string folder);

  const std::string& folder() const noexcept { return folder_; }
  const std::string& path() const noexcept { return path_; }

  /// Makes the folder, and the file with `{}`: JavaScript's implementation fails without it.
  Result<void> prepare() const;
  /// For looking: nothing while the file is in the middle of somebody's work.
  Result<Entries> read() const;
  /// For changing: waits until the file makes sense; one that never does is set aside.
  Result<Entries> read_for_change() const;
  Result<void> replace(const Entries& entries) const;

 private:
  /// Empty: the file makes no sense at this moment.
  Result<std::optional<Entries>> look() const;
  /// Writes a file that nobody else knows; its path.
  Result<std::string> write_aside(const std::string& text) const;

  std::string folder_;
  std::string path_;
};

}  // namespace multifrost::registry
