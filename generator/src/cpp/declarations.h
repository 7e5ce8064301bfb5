// What the templates see of constants, aliases, enums, structs, unions and errors.
#pragma once

#include <set>

#include "cpp/includes.h"
#include "cpp/types.h"
#include "value.h"

namespace mfgen::cpp {

// What building one file's view works with.
struct Scope {
  Types& types;
  Includes& includes;
  // Structs and unions that the header defines further down, without the one at hand.
  const std::set<const mfidl::Declaration*>& incomplete;
};

// The lines of a doc comment, each with the blank that follows the slashes unless it is empty.
List doc_lines(const mfidl::Named& named);

// `[[deprecated("…")]]` or nothing.
std::string deprecation(const mfidl::Named& named);

// Adds "name", "doc" and "deprecated".
void describe(const mfidl::Named& named, std::string name, Object& object);

// One object, told apart by "kind": "constant", "alias", "enum", "struct", "union" or "error".
Object declaration_view(const mfidl::DeclarationRef& ref, Scope scope);

}  // namespace mfgen::cpp
