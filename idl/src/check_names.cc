#include "check_names.h"

#include <string>
#include <unordered_map>

#include "diagnostic_table.h"
#include "scope_check.h"

namespace mfidl {
namespace {

template <typename Checked>
std::vector<ScopeEntry> wired_entries(const std::vector<Checked>& all) {
  std::vector<ScopeEntry> entries;
  entries.reserve(all.size());
  for (const Checked& one : all) {
    entries.push_back({.named = &one, .wire = &one.wire, .span = one.place.span});
  }
  return entries;
}

template <typename Checked>
std::vector<ScopeEntry> named_entries(const std::vector<Checked>& all) {
  std::vector<ScopeEntry> entries;
  entries.reserve(all.size());
  for (const Checked& one : all) entries.push_back({.named = &one, .span = one.place.span});
  return entries;
}

// Structs and errors: both have members, and names that may not come back.
template <typename Bound>
void check_members(Bound& bound, std::string_view word, Diagnostics& diagnostics) {
  const std::string owner = std::string(word) + " '" + bound.checked->name + "'";
  const Scope scope{.owner = owner,
                    .role = NameRole::kMember,
                    .entries = wired_entries(bound.checked->members),
                    .reserved = reserved_names(bound.tree->reserved)};
  check_scope(scope, diagnostics);
  for (const ReservedName& name : scope.reserved) bound.checked->reserved.push_back(name.name);
}

// An error string's prefix must say which of the method's errors it is.
void check_matches(const ast::Method& tree, const Method& method, Diagnostics& diagnostics) {
  std::unordered_map<std::string_view, const Error*> owners;
  for (std::size_t i = 0; i < method.throws.size(); ++i) {
    for (const std::string& prefix : method.throws[i]->match) {
      const auto [first, is_new] = owners.emplace(prefix, method.throws[i]);
      if (is_new) continue;
      diagnostics
          .report(diag::kAmbiguousMatch, tree.throws[i].span, first->second->name,
                  method.throws[i]->name, prefix)
          .help("take the string out of one @match");
    }
  }
}

void check_declarations(const Unit& unit, Diagnostics& diagnostics) {
  const std::string owner = "package '" + unit.file->package + "'";
  Scope scope{.owner = owner, .role = NameRole::kType, .names_are_unique = true};
  for (const DeclarationRef& ref : unit.file->declarations) {
    const Declaration& one = declaration(ref);
    scope.entries.push_back({.named = &one, .span = one.place.span});
  }
  check_scope(scope, diagnostics);
}

}  // namespace

void check_names(Program& program, Diagnostics& diagnostics) {
  for (const Unit& unit : program.units) check_declarations(unit, diagnostics);
  for (BoundStruct& one : program.structs) check_members(one, "struct", diagnostics);
  for (BoundError& one : program.errors) check_members(one, "error", diagnostics);
  for (BoundEnum& one : program.enums) {
    const std::string owner = "enum '" + one.checked->name + "'";
    check_scope({.owner = owner,
                 .role = NameRole::kEnumValue,
                 .entries = named_entries(one.checked->values)},
                diagnostics);
  }
  for (BoundUnion& one : program.unions) {
    const std::string owner = "union '" + one.checked->name + "'";
    check_scope({.owner = owner,
                 .role = NameRole::kEnumValue,
                 .entries = named_entries(one.checked->variants)},
                diagnostics);
  }
  for (BoundInterface& one : program.interfaces) {
    for (std::size_t i = 0; i < one.tree->methods.size(); ++i) {
      const Method& method = one.checked->methods[i];
      const std::string owner = "method '" + method.name + "'";
      check_scope({.owner = owner,
                   .role = NameRole::kParameter,
                   .entries = wired_entries(method.parameters)},
                  diagnostics);
      check_matches(one.tree->methods[i], method, diagnostics);
    }
  }
}

}  // namespace mfidl
