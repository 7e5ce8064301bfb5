// Literals on their own, before any type is known for them.
#pragma once

#include <string>

#include "mfidl/ast.h"
#include "mfidl/type.h"

namespace mfidl {

// "an integer", "a string", "'name'", …: what the user wrote, for messages.
std::string describe(const ast::Literal& tree);

// The value that the literal itself says: numbers as written, names other than true, false and null
// as text.
Literal literal_as_written(const ast::Literal& tree);

}  // namespace mfidl
