// Prints a template with values. Strict: a name that does not exist, a list where text is expected
// and the like end in a failure that names the place in the template and the chain of partials.
#pragma once

#include <string>
#include <string_view>

#include "outcome.h"
#include "template/template_set.h"
#include "value.h"

namespace mfgen {

// `root`'s members are visible in the named template and in every partial, and so is `file`, what
// the view says about the file that is printed.
Outcome<std::string> render(const TemplateSet& templates, std::string_view name, const Object& root,
                            const Value& file = {});

}  // namespace mfgen
