// Looking names up: what a path in one file stands for, and what the user may have meant when it is
// nothing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

// "bool", "i8", …, "any", "timestamp", "duration"; nothing for another name, list, map and tuple
// included.
std::optional<Kind> builtin_kind(std::string_view name);

// Built-in types, list, map, tuple, true, false, null: they cannot be declared (idl.md, rule 11).
bool is_builtin_name(std::string_view name);

// `Rect` is looked for in the file itself, `geo.Rect` in the import with that prefix. Null when
// there is none.
const Symbol* find_symbol(const Unit& unit, const ast::Path& path);
const Symbol* find_symbol(const Unit& unit, std::span<const ast::Identifier> parts);

// "a struct", "an error", …
std::string_view describe(const Symbol& symbol);
SourceSpan name_span(const Symbol& symbol);

// What a place in the grammar wants; suggestions offer nothing else.
enum class Wanted { kType, kError, kInterface, kConstant };

// The visible name nearest to `path`, as it would be written; empty when none is near, or when
// diagnostics are full (looking through all names for every one of a million errors would take
// forever).
std::string suggestion(const Unit& unit, const ast::Path& path, Wanted wanted,
                       const Diagnostics& diagnostics);

}  // namespace mfidl
