// The C++ view: NAME.mf.h, NAME.mf.cc (with --split N also NAME.mf.1.cc …) and NAME.mock.mf.h.
#pragma once

#include "language.h"

namespace mfgen::cpp {

Object view(const mfidl::Model& model, const ViewOptions& options, mfidl::Diagnostics& diagnostics);

}  // namespace mfgen::cpp
