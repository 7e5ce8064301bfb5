// What the Python templates see of one interface: its worker base and its two clients.
#pragma once

#include "mfidl/model.h"
#include "python/types.h"
#include "value.h"

namespace mfgen::python {

Object interface_view(const mfidl::Interface& interface, const Types& types);

}  // namespace mfgen::python
