// Small pieces of Python text that several views need.
#pragma once

#include <string>
#include <string_view>

#include "mfidl/model.h"
#include "python/types.h"
#include "value.h"

namespace mfgen::python {

// The lines of a docstring, escaped for between triple quotes.
List docstring_lines(std::string_view doc);
// A declaration's documentation, with a last line that says since when, or why no longer: as a
// docstring, or as comments.
List docstring_lines(const mfidl::Named& named);
List comment_lines(const mfidl::Named& named);

// `[]` or `{}`, which every value needs anew.
bool is_container(const mfidl::Literal& value);

// " = None", " = _field(default_factory=list)", "" when the attribute must be given.
std::string dataclass_default(const mfidl::Member& member, const Types& types);

// `_mf.Field("label", _mf.STRING)`; `name` is the attribute's.
std::string field_codec(const mfidl::Member& member, const std::string& name, const Types& types);

// A default that a codec may use again and again: `30.0`, `list`.
std::string shared_default(const mfidl::Literal& value, const mfidl::Type& type,
                           const Types& types);

std::string upper_case(std::string_view text);

}  // namespace mfgen::python
