// Phase "resolve", first half: which files belong to the program.
//
// Parses the file that was asked for and, through its imports, all others: each once, imported
// files first. An import is looked for beside the importing file, then in each include folder
// (idl.md, rule 12). Reports files that are not found, cycles, files that are imported twice or lie
// outside every root, and prefixes that two imports share. Afterwards every Unit has its tree, its
// File with paths, package and imports, and its prefixes.
#pragma once

#include <string>
#include <vector>

#include "mfidl/diagnostics.h"
#include "mfidl/source.h"
#include "program.h"

namespace mfidl {

// False when the main file cannot be read; all that is wrong has been reported then.
bool resolve_imports(const std::string& path, const std::vector<std::string>& include_dirs,
                     SourceManager& sources, Diagnostics& diagnostics, Program& program);

}  // namespace mfidl
