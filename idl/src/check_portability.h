// Phase "check_portability": what the targets of an interface cannot carry (idl.md, rule 17).
// Warnings only.
//
// Looks at everything that the main file's interfaces send, each thing once, whichever way it is
// reached: u64 for languages whose numbers end at 2^53 and, with `published` among the @targets,
// the frozen faults of the published v3 packages (wire page). `published` means the packages of the
// languages that are targets too, or of all four when it stands alone.
#pragma once

#include "mfidl/diagnostics.h"
#include "mfidl/model.h"

namespace mfidl {

void check_portability(const Model& model, Diagnostics& diagnostics);

}  // namespace mfidl
