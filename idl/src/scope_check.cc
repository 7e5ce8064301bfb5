#include "scope_check.h"

#include <algorithm>
#include <unordered_map>

#include "diagnostic_table.h"

namespace mfidl {
namespace {

// True for two that were inherited together: what is wrong between them was reported at the base.
bool known_pair(int a, int b) { return a != ScopeEntry::kOwn && a == b; }

std::string_view title(Language language) {
  static constexpr std::array<std::string_view, kLanguages.size()> kTitles = {
      "C++", "Python", "TypeScript", "Go", "Rust"};
  return kTitles[static_cast<std::size_t>(language)];
}

class ScopeChecker {
 public:
  ScopeChecker(const Scope& scope, Diagnostics& diagnostics)
      : scope_(scope), diagnostics_(diagnostics) {}

  void run() {
    if (!scope_.names_are_unique) check_names();
    check_wires();
    check_reserved();
    for (const Language language : kLanguages) {
      if (may_collide(language)) check_spelling(language);
    }
  }

 private:
  void check_names() {
    std::unordered_map<std::string_view, const ScopeEntry*> seen;
    for (const ScopeEntry& entry : scope_.entries) {
      const auto [first, is_new] = seen.emplace(entry.named->name, &entry);
      if (is_new || known_pair(first->second->group, entry.group)) continue;
      diagnostics_.report(diag::kDuplicateMember, entry.span, entry.named->name, scope_.owner)
          .note(first->second->named->place.span, "declared here first");
    }
  }

  void check_wires() {
    std::unordered_map<std::string_view, const ScopeEntry*> seen;
    for (const ScopeEntry& entry : scope_.entries) {
      if (entry.wire == nullptr) continue;
      const auto [first, is_new] = seen.emplace(*entry.wire, &entry);
      if (is_new || known_pair(first->second->group, entry.group)) continue;
      if (first->second->named->name == entry.named->name) continue;
      diagnostics_
          .report(diag::kDuplicateWire, entry.span, first->second->named->name, entry.named->name,
                  *entry.wire)
          .note(first->second->named->place.span, "the first one with this wire name");
    }
  }

  void check_reserved() {
    std::unordered_map<std::string_view, const ReservedName*> reserved;
    for (const ReservedName& name : scope_.reserved) {
      const auto [first, is_new] = reserved.emplace(name.name, &name);
      // Two bases, or a base and its heir, may well reserve the same.
      if (is_new || first->second->group != name.group || name.group != ScopeEntry::kOwn) continue;
      diagnostics_.report(diag::kReservedTwice, name.span, name.name)
          .note(first->second->span, "reserved here first");
    }
    if (reserved.empty()) return;
    for (const ScopeEntry& entry : scope_.entries) {
      auto found = reserved.find(entry.named->name);
      if (found == reserved.end() && entry.wire != nullptr) found = reserved.find(*entry.wire);
      if (found == reserved.end() || known_pair(found->second->group, entry.group)) continue;
      diagnostics_.report(diag::kReservedName, entry.span, found->second->name, scope_.owner)
          .note(found->second->span, "reserved here")
          .help("a reserved name meant something else once; choose another");
    }
  }

  // Written names are unique, so only a habit or an @name can bring two together.
  bool may_collide(Language language) const {
    if (language == Language::kGo) return scope_.role != NameRole::kParameter;
    if (language == Language::kTypeScript && scope_.role == NameRole::kMethod) return true;
    return std::any_of(scope_.entries.begin(), scope_.entries.end(), [&](const ScopeEntry& entry) {
      return !entry.named->names[static_cast<std::size_t>(language)].empty();
    });
  }

  void check_spelling(Language language) {
    std::unordered_map<std::string, const ScopeEntry*> seen;
    for (const ScopeEntry& entry : scope_.entries) {
      std::string spelling = spelled(*entry.named, scope_.role, language);
      const auto [first, is_new] = seen.emplace(std::move(spelling), &entry);
      if (is_new || known_pair(first->second->group, entry.group)) continue;
      if (first->second->named->name == entry.named->name) continue;
      diagnostics_
          .report(diag::kCasingCollision, entry.span, first->second->named->name, entry.named->name,
                  first->first, title(language))
          .note(first->second->named->place.span, "the other one")
          .help("rename one of them, or give it a spelling of its own: @name(" +
                std::string(language_name(language)) + " = \"…\")");
    }
  }

  const Scope& scope_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_scope(const Scope& scope, Diagnostics& diagnostics) {
  ScopeChecker(scope, diagnostics).run();
}

std::vector<ReservedName> reserved_names(const std::vector<ast::Reserved>& trees) {
  std::vector<ReservedName> names;
  for (const ast::Reserved& tree : trees) {
    for (const ast::StringToken& name : tree.names) {
      names.push_back({.name = name.value, .span = name.span});
    }
  }
  return names;
}

}  // namespace mfidl
