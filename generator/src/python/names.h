// How names of the .mfidl file are spelled in Python: as written, with a trailing underscore where
// Python, or what a generated class already has, owns the name.
#pragma once

#include <string>

#include "mfidl/model.h"

namespace mfgen::python {

// A module-level name: type, constant, alias.
std::string declared_name(const mfidl::Declaration& declaration);
// An attribute of a dataclass.
std::string member_name(const mfidl::Named& member);
// A keyword argument of an error's constructor.
std::string error_member_name(const mfidl::Named& member);
// A member of an Enum class.
std::string enum_value_name(const mfidl::Named& value);
// A method of a worker base or client class.
std::string method_name(const mfidl::Named& method);
std::string parameter_name(const mfidl::Named& parameter);

// "common/geo.mfidl" → "common.geo_mf"
std::string module_name(const mfidl::File& file);

// A string literal with its quotes.
std::string quoted(std::string_view text);

}  // namespace mfgen::python
