// Phase "check_unions": that the members of every union can be told apart on the wire (idl.md,
// rules 5 and 6).
//
// Inline unions by the kind of value that is sent: nil, bool, number, string, bytes, array, map,
// ext. Tagged unions by their tag, which must not be a key of the struct it travels in. Runs after
// check_annotations, which decides encodings and wire keys.
#pragma once

#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

void check_unions(Program& program, Diagnostics& diagnostics);

}  // namespace mfidl
