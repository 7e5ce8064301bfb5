// Second pass over a template: pieces into a tree. The grammar stands above each parse function.
#pragma once

#include <string>

#include "outcome.h"
#include "template/ast.h"

namespace mfgen {

// Parses one template. A failure reads "origin:line:column: error: …".
Outcome<Template> parse_template(std::string name, std::string origin, std::string source);

}  // namespace mfgen
