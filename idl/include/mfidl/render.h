// Diagnostics as text for people and as JSON for machines.
#pragma once

#include <string>

#include "mfidl/diagnostics.h"
#include "mfidl/source.h"

namespace mfidl {

// In GCC form, the source line and a caret below it; ends with a newline unless there is nothing to
// say. Columns count code points.
//
//   vision.mfidl:31:9: error: unknown type 'geo.Rekt'; did you mean 'geo.Rect'? [MF0142]
//      31 |   box: geo.Rekt;
//         |        ^~~~~~~~
std::string render_text(const Diagnostics& diagnostics, const SourceManager& sources);
std::string render_text(const Diagnostic& diagnostic, const SourceManager& sources);

// One JSON object, version 1; the members are listed in docs/language.md, "Diagnostics as JSON".
std::string render_json(const Diagnostics& diagnostics, const SourceManager& sources);

}  // namespace mfidl
