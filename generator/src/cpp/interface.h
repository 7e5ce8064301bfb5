// What the templates see of an interface: its classes, and each method once for callers, once for
// workers.
#pragma once

#include "cpp/declarations.h"

namespace mfgen::cpp {

Object interface_view(const mfidl::Interface& interface, Scope scope);

}  // namespace mfgen::cpp
