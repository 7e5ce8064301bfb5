// Part of phase "check_types": the base and the wire values of an enum (idl.md, rule 10).
#pragma once

#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

void check_enum(BoundEnum& bound, Diagnostics& diagnostics);

}  // namespace mfidl
