// The pass after parsing: finds the template that each partial names, and gives names of variables
// that are equal one address, so that printing looks nothing up by text.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "outcome.h"
#include "template/ast.h"

namespace mfgen {

using Templates = std::map<std::string, Template, std::less<>>;

// Links the templates of one language with each other; they must keep their places. Fails on a
// partial that does not exist.
std::optional<Failure> link(Templates& templates);

}  // namespace mfgen
