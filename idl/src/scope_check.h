// The rules that hold for every list of names: members, methods, parameters, enum values, variants,
// the declarations of a file.
//
// No name twice, no wire name twice, nothing that is reserved, and in no language one spelling for
// two names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mfidl/ast.h"
#include "mfidl/diagnostics.h"
#include "mfidl/spelling.h"

namespace mfidl {

struct ScopeEntry {
  static constexpr int kOwn = -1;

  const Named* named = nullptr;
  const std::string* wire = nullptr;  // null where the scope has no wire names of its own
  SourceSpan span;                    // where to report
  int group = kOwn;  // entries that came together from one base have been checked there
};

struct ReservedName {
  std::string name;
  SourceSpan span;
  int group = ScopeEntry::kOwn;
};

struct Scope {
  std::string_view owner;  // "struct 'Detection'"
  NameRole role = NameRole::kMember;
  bool names_are_unique = false;  // somebody else has seen to that
  std::vector<ScopeEntry> entries = {};
  std::vector<ReservedName> reserved = {};
};

void check_scope(const Scope& scope, Diagnostics& diagnostics);

std::vector<ReservedName> reserved_names(const std::vector<ast::Reserved>& trees);

}  // namespace mfidl
