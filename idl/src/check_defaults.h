// Phase "check_defaults": the values of constants, and the defaults of members and parameters.
//
// Evaluates them against their types and reports what does not fit, constants that need themselves,
// and defaults where there can be none (idl.md, rule 9).
#pragma once

#include "evaluator.h"
#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

void check_defaults(Program& program, Evaluator& evaluator, Diagnostics& diagnostics);

}  // namespace mfidl
