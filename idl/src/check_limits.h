// Part of phase "check_annotations": limits that no value can meet, and defaults that miss their
// own limits.
#pragma once

#include <vector>

#include "mfidl/ast.h"
#include "mfidl/diagnostics.h"
#include "mfidl/type.h"

namespace mfidl {

// Reports @min above @max, or a smallest size above the largest, at the later of the annotations.
void check_limits(const Type& type, const std::vector<ast::Annotation>& annotations,
                  Diagnostics& diagnostics);

void check_default_in_limits(const Type& type, const Literal& value, SourceSpan span,
                             Diagnostics& diagnostics);

}  // namespace mfidl
