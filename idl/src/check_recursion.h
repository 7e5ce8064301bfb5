// Phase "check_recursion": types that contain themselves (idl.md, rule 7).
//
// Every struct must have a value of finite size: recursion needs a way out through a list, a map,
// an optional or a union's other member. Reports those that have none, and marks as `boxed` what
// C++ cannot hold in place: optionals and union members on a way that leads back.
#pragma once

#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

void check_recursion(Program& program, Diagnostics& diagnostics);

}  // namespace mfidl
