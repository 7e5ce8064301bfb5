#include "resolve_extends.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "diagnostic_table.h"
#include "names.h"
#include "scope_check.h"

namespace mfidl {
namespace {

class ExtendsResolver {
 public:
  explicit ExtendsResolver(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void resolve(BoundInterface& bound) {
    const auto [entry, is_new] = states_.try_emplace(bound.checked);
    if (!is_new) return;
    split_stream_parameters(bound);
    std::vector<std::pair<BoundInterface*, SourceSpan>> bases;
    int height = 0;
    for (const ast::Path& path : bound.tree->extends) {
      BoundInterface* base = find_base(bound, path);
      if (base == nullptr) continue;
      ++open_;
      resolve(*base);
      --open_;
      height = std::max(height, states_.at(base->checked).height);
      bases.emplace_back(base, path.span);
      bound.checked->extends.push_back(base->checked);
    }
    if (height + 1 > kMaxBases) {
      diagnostics_.report(diag::kTooManyBases, bound.tree->name.span, kMaxBases);
      bases.clear();
    }
    flatten(bound, bases);
    states_.at(bound.checked) = {.done = true, .height = height + 1};
  }

 private:
  struct State {
    bool done = false;
    int height = 0;  // interfaces in the longest row of bases, this one included
  };

  static void split_stream_parameters(BoundInterface& bound) {
    for (std::size_t i = 0; i < bound.tree->methods.size(); ++i) {
      const std::vector<ast::Member>& params = bound.tree->methods[i].params;
      Method& method = bound.checked->methods[i];
      if (params.empty() || !params.back().type.is_stream) continue;
      method.stream_parameter = std::move(method.parameters.back());
      method.parameters.pop_back();
    }
  }

  BoundInterface* find_base(const BoundInterface& bound, const ast::Path& path) {
    const Symbol* symbol = find_symbol(*bound.unit, path);
    if (symbol == nullptr) {
      const std::string near = suggestion(*bound.unit, path, Wanted::kInterface, diagnostics_);
      diagnostics_.report(diag::kUnknownInterface, path.span, path.str()).suggest(near);
      return nullptr;
    }
    const auto* base = std::get_if<BoundInterface*>(symbol);
    if (base == nullptr) {
      diagnostics_.report(diag::kNotAnInterface, path.span, path.str(), describe(*symbol))
          .note(name_span(*symbol), "declared here");
      return nullptr;
    }
    const std::vector<const Interface*>& known = bound.checked->extends;
    if (std::find(known.begin(), known.end(), (*base)->checked) != known.end()) {
      diagnostics_.report(diag::kRepeatedBase, path.span, path.str());
      return nullptr;
    }
    const auto state = states_.find((*base)->checked);
    if (state != states_.end() && !state->second.done) {
      diagnostics_.report(diag::kExtendsCycle, path.span, (*base)->checked->name);
      return nullptr;
    }
    if (state == states_.end() && open_ >= kMaxBases) {
      diagnostics_.report(diag::kTooManyBases, path.span, kMaxBases);
      return nullptr;
    }
    return *base;
  }

  void flatten(BoundInterface& bound,
               const std::vector<std::pair<BoundInterface*, SourceSpan>>& bases) {
    Interface& checked = *bound.checked;
    std::vector<Method> own = std::exchange(checked.methods, {});
    std::vector<std::pair<SourceSpan, int>> origins;  // of each method: where to report, its group
    std::set<std::pair<const Interface*, std::string_view>> seen;
    const std::string owner = "interface '" + checked.name + "'";
    Scope scope{.owner = owner, .role = NameRole::kMethod};
    scope.reserved = reserved_names(bound.tree->reserved);
    for (std::size_t i = 0; i < bases.size(); ++i) {
      const auto& [base, span] = bases[i];
      for (const Method& method : base->checked->methods) {
        if (!seen.emplace(method.origin, method.name).second) continue;
        checked.methods.push_back(method);
        origins.emplace_back(span, static_cast<int>(i));
      }
      for (const std::string& name : base->checked->reserved) {
        scope.reserved.push_back({.name = name, .span = span, .group = static_cast<int>(i)});
      }
    }
    for (Method& method : own) {
      origins.emplace_back(method.place.span, ScopeEntry::kOwn);
      checked.methods.push_back(std::move(method));
    }
    for (std::size_t i = 0; i < checked.methods.size(); ++i) {
      const Method& method = checked.methods[i];
      scope.entries.push_back({.named = &method,
                               .wire = &method.wire,
                               .span = origins[i].first,
                               .group = origins[i].second});
    }
    check_scope(scope, diagnostics_);
    keep_reserved(scope, checked);
  }

  static void keep_reserved(const Scope& scope, Interface& checked) {
    std::set<std::string_view> seen;
    for (const ReservedName& name : scope.reserved) {
      if (seen.insert(name.name).second) checked.reserved.push_back(name.name);
    }
  }

  Diagnostics& diagnostics_;
  std::unordered_map<const Interface*, State> states_;
  int open_ = 0;
};

}  // namespace

void resolve_extends(Program& program, Diagnostics& diagnostics) {
  ExtendsResolver resolver(diagnostics);
  for (BoundInterface& bound : program.interfaces) resolver.resolve(bound);
}

}  // namespace mfidl
