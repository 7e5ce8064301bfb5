// Names that are different in the .mfidl file and the same in C++, once they are escaped or once
// others have been derived from them.
#pragma once

#include "cpp/names.h"
#include "mfidl/diagnostics.h"

namespace mfgen::cpp {

// MF0401 for each name that another one of its scope already has.
void check_clashes(const mfidl::File& file, const PackageNames& names,
                   mfidl::Diagnostics& diagnostics);

}  // namespace mfgen::cpp
