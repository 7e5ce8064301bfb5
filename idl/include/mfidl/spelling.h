// How each language's generated source spells a declared name: idl.md's table, row "One wire name".
//
//   C++, Python, Rust   as written
//   TypeScript          methods camelCase, everything else as written; a field is its wire key
//   Go                  exported CamelCase
//
// `@name` wins over the habit. The wire never sees any of this. The front end rejects two names of
// one scope that fall together after casing; keywords and a generated class's own names are the
// generators' business.
#pragma once

#include <string>
#include <string_view>

#include "mfidl/model.h"

namespace mfidl {

enum class NameRole { kType, kConstant, kMember, kEnumValue, kMethod, kParameter };

std::string spelled(const Named& named, NameRole role, Language language);

// A field: in TypeScript its wire key.
std::string spelled(const Member& member, Language language);

// set_backend -> setBackend, URL_for -> urlFor, Get -> get
std::string camel_case(std::string_view name);
// set_backend -> SetBackend, MAX_BATCH -> MaxBatch, URL -> URL
std::string exported_case(std::string_view name);

}  // namespace mfidl
