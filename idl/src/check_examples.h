// Phase "check_examples": that every @example is a call that the method would accept.
//
// Evaluates the arguments and the result against their types, with wire names, tags and enum values
// as check_annotations and check_unions left them.
#pragma once

#include "evaluator.h"
#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

void check_examples(Program& program, Evaluator& evaluator, Diagnostics& diagnostics);

}  // namespace mfidl
