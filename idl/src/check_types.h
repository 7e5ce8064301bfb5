// Phase "check_types": what every constant, member, parameter and result may hold, and in which
// form it may be empty.
//
// Builds the types of all declarations and decides the forms of members and parameters (idl.md,
// rules 1 to 4, 9's list of constant types, 10's enum values, 14's errors). Values are not looked
// at yet but for those of enums: check_defaults does that. When it reports nothing, every Type in
// the model is whole.
#pragma once

#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

void check_types(Program& program, Diagnostics& diagnostics);

}  // namespace mfidl
