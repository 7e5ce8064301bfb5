// Phase "check_names": no scope holds a name twice, in the .mfidl file, on the wire or in any
// language's source.
//
// Covers the declarations of a file, members, enum values, variants and parameters, and which error
// an error string means. Methods wait for resolve_extends, since inherited ones count.
#pragma once

#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

void check_names(Program& program, Diagnostics& diagnostics);

}  // namespace mfidl
