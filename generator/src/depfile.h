// The dependency file that Make and Ninja read: which .mfidl files the outputs were made from.
#pragma once

#include <string>
#include <vector>

namespace mfgen {

// One rule, "targets: sources"; blanks, '#', '$', '\' and the like are escaped as Make wants them.
std::string depfile(const std::vector<std::string>& targets,
                    const std::vector<std::string>& sources);

}  // namespace mfgen
