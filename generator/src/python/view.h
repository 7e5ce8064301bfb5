// The Python view: NAME_mf.py, every word chosen, in the order in which it is printed.
#pragma once

#include "language.h"

namespace mfgen::python {

Object view(const mfidl::Model& model, const ViewOptions& options, mfidl::Diagnostics& diagnostics);

}  // namespace mfgen::python
