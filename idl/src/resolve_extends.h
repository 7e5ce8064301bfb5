// Phase "resolve_extends": an interface gets the methods and reserved names of the interfaces it
// extends (idl.md, rule 13).
//
// Inherited methods come first, base by base; one that arrives on two ways is there once. Reports
// bases that are not interfaces, cycles, and what collides in the whole that results. Stream
// parameters leave the list of plain ones here, so the trees and the model no longer correspond for
// methods: it is the last phase that reads them side by side.
#pragma once

#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

// Interfaces that extend each other in a row.
inline constexpr int kMaxBases = 64;

void resolve_extends(Program& program, Diagnostics& diagnostics);

}  // namespace mfidl
