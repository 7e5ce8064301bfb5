// What the Python templates see of one file: every word chosen, in the order in which it is
// printed.
#pragma once

#include "mfidl/model.h"
#include "value.h"

namespace mfgen::python {

Object view(const mfidl::File& file);

}  // namespace mfgen::python
