// In which order a language that reads from top to bottom can define a file's declarations, and
// what it must announce first.
#pragma once

#include "mfidl/model.h"

namespace mfidl {

// Fills `definition_order` and `forward`. Wants a model without errors, boxes marked.
void set_definition_order(File& file);

}  // namespace mfidl
