// Writes what was generated: all files or none, atomically, and only those whose bytes change.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "outcome.h"

namespace mfgen {

struct OutputFile {
  std::string path;
  std::string content;
};

// Every new content is first written beside its target, and only when all have been written are
// they renamed into place; a full disk or a folder without permission leaves the old files as they
// were. Missing folders are made. A file that has the content already keeps its time stamp.
// Returns what went wrong, if anything did.
std::optional<Failure> write_files(const std::vector<OutputFile>& files);

}  // namespace mfgen
