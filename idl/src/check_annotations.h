// Phase "check_annotations": looks every annotation up in the one table and applies its effect.
//
// Reports unknown ones with a suggestion (`@x.tool.name` is free), ones that stand in the wrong
// place or twice, wrong arguments, and limits that contradict each other or a default. Afterwards
// every attribute in the model is set but for examples (check_examples).
#pragma once

#include "evaluator.h"
#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

void check_annotations(Program& program, Evaluator& evaluator, Diagnostics& diagnostics);

}  // namespace mfidl
