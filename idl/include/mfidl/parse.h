// From text to syntax tree.
#pragma once

#include "mfidl/ast.h"
#include "mfidl/diagnostics.h"
#include "mfidl/source.h"

namespace mfidl {

// How deep types, and list and map literals, may nest.
inline constexpr int kMaxNesting = 64;

// Parses one file. Always returns a tree; where the text is wrong, errors are reported and the tree
// holds what could be understood, so a caller that goes on must look at diagnostics.has_errors().
// Takes time linear in the size of the text. Imports are not followed.
ast::File parse_file(const SourceFile& source, Diagnostics& diagnostics);

}  // namespace mfidl
