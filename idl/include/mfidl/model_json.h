// The checked model as JSON, for `mfgen dump` and for programs in other languages.
#pragma once

#include <string>

#include "mfidl/model.h"

namespace mfidl {

// The version of the schema in docs/model-json.md. It is raised when a field disappears or changes
// its meaning; a new field does not raise it.
inline constexpr int kModelJsonSchema = 1;

// Indented by two blanks, keys in the documented order, ends with a newline. The same model gives
// the same bytes.
std::string model_to_json(const Model& model);

}  // namespace mfidl
