// What the semantic phases share: every file's tree beside the part of the model that is being
// filled from it.
//
// Trees and model entries correspond one to one and in order: `tree->members[i]` became
// `checked->members[i]`, so a phase walks both and always has a span to point at. Names are looked
// up through `names.h`.
#pragma once

#include <deque>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "mfidl/ast.h"
#include "mfidl/model.h"

namespace mfidl {

struct Unit;

// A declaration as it was written, and what becomes of it.
template <typename Tree, typename Checked>
struct Bound {
  Unit* unit = nullptr;
  const Tree* tree = nullptr;
  Checked* checked = nullptr;
};

using BoundConstant = Bound<ast::ConstDecl, Constant>;
using BoundAlias = Bound<ast::AliasDecl, Alias>;
using BoundEnum = Bound<ast::EnumDecl, Enum>;
using BoundStruct = Bound<ast::StructDecl, Struct>;
using BoundUnion = Bound<ast::UnionDecl, Union>;
using BoundError = Bound<ast::ErrorDecl, Error>;
using BoundInterface = Bound<ast::InterfaceDecl, Interface>;

// What a name stands for.
using Symbol = std::variant<BoundConstant*, BoundAlias*, BoundEnum*, BoundStruct*, BoundUnion*,
                            BoundError*, BoundInterface*>;

// One file.
struct Unit {
  ast::File tree;
  File* file = nullptr;
  std::unordered_map<std::string_view, Symbol> names;    // declared here
  std::unordered_map<std::string_view, Unit*> prefixes;  // imported; `geo` of `geo.Rect`
};

struct Program {
  std::deque<Unit> units;  // an imported file before those that import it
  std::deque<BoundConstant> constants;
  std::deque<BoundAlias> aliases;
  std::deque<BoundEnum> enums;
  std::deque<BoundStruct> structs;
  std::deque<BoundUnion> unions;
  std::deque<BoundError> errors;
  std::deque<BoundInterface> interfaces;
  Model model;
};

}  // namespace mfidl
