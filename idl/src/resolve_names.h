// Phase "resolve", second half: every declaration gets its entry in the model and its name in the
// file's scope.
//
// Reports names that are declared twice (in a file, or in two files of one package), names of
// built-in types, and names that are an import's prefix as well. Paths are looked up later, by the
// phases that need what they stand for.
#pragma once

#include "mfidl/diagnostics.h"
#include "mfidl/source.h"
#include "program.h"

namespace mfidl {

void resolve_names(const SourceManager& sources, Program& program, Diagnostics& diagnostics);

}  // namespace mfidl
