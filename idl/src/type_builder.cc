#include "type_builder.h"

#include <algorithm>
#include <utility>

#include "diagnostic_table.h"
#include "names.h"

namespace mfidl {
namespace {

bool is_null(const ast::BaseType& tree) {
  return tree.kind == ast::BaseKind::kNamed && tree.name.is_simple() &&
         tree.name.parts[0].text == "null";
}

struct Extent {
  std::size_t nodes = 1;
  int depth = 1;
};

Extent extent_of(const Type& type) {
  Extent extent;
  for (const Type& argument : type.arguments) {
    const Extent inner = extent_of(argument);
    extent.nodes += inner.nodes;
    extent.depth = std::max(extent.depth, inner.depth + 1);
  }
  return extent;
}

Type of_kind(Kind kind) {
  Type type;
  type.kind = kind;
  return type;
}

}  // namespace

std::optional<Type> TypeBuilder::build(const Unit& unit, const ast::TypeExpr& tree,
                                       bool stream_allowed) {
  if (tree.is_stream && !stream_allowed) {
    diagnostics_.report(diag::kMisplacedStream, tree.stream_keyword)
        .help("a stream is a method's whole result, or its last parameter");
    return std::nullopt;
  }
  std::optional<Type> type = build_alternatives(unit, tree);
  if (type && !check_size(*type, tree.span)) return std::nullopt;
  return type;
}

std::optional<Type> TypeBuilder::build_alternatives(const Unit& unit, const ast::TypeExpr& tree) {
  if (tree.alternatives.size() == 1) {
    const ast::BaseType& only = tree.alternatives[0];
    if (!is_null(only)) return build_base(unit, only);
    diagnostics_.report(diag::kLoneNull, only.span)
        .help("leave out '->' for a method without result, or write T?");
    return std::nullopt;
  }
  Type whole = of_kind(Kind::kOneOf);
  bool good = true;
  for (const ast::BaseType& alternative : tree.alternatives) {
    if (is_null(alternative)) {
      whole.nullable = true;
      if (!alternative.nullable) continue;
      diagnostics_.report(diag::kNullableOfNullable, alternative.question, "null");
      good = false;
      continue;
    }
    std::optional<Type> member = build_base(unit, alternative);
    if (!member) {
      good = false;
      continue;
    }
    whole.nullable |= std::exchange(member->nullable, false);
    if (member->alias != nullptr && member->alias->type.nullable) member->alias = nullptr;
    if (member->kind == Kind::kOneOf) {
      std::move(member->arguments.begin(), member->arguments.end(),
                std::back_inserter(whole.arguments));
    } else {
      whole.arguments.push_back(std::move(*member));
    }
  }
  if (!good) return std::nullopt;
  if (whole.arguments.empty()) {
    diagnostics_.report(diag::kLoneNull, tree.span).help("a union needs a member besides null");
    return std::nullopt;
  }
  if (whole.arguments.size() > 1) return whole;
  Type only = std::move(whole.arguments[0]);  // `A | null` is A?
  only.nullable = whole.nullable;
  return only;
}

std::optional<Type> TypeBuilder::build_base(const Unit& unit, const ast::BaseType& tree) {
  std::optional<Type> type = tree.kind == ast::BaseKind::kNamed ? build_named(unit, tree.name)
                                                                : build_container(unit, tree);
  if (!type || !tree.nullable) return type;
  if (type->kind == Kind::kAny) {
    diagnostics_.report(diag::kNullableAny, tree.question).help("'any' holds null already");
    return std::nullopt;
  }
  if (type->nullable) {
    Diagnostic& finding =
        diagnostics_.report(diag::kNullableOfNullable, tree.question, to_string(*type));
    if (type->alias != nullptr) {
      finding.note(type->alias->place.span, "its alias is nullable already");
    }
    return std::nullopt;
  }
  type->nullable = true;
  return type;
}

std::optional<Type> TypeBuilder::build_named(const Unit& unit, const ast::Path& path) {
  if (path.is_simple()) {
    if (const auto kind = builtin_kind(path.parts[0].text)) return of_kind(*kind);
    if (is_builtin_name(path.parts[0].text)) {  // null, true, false below a `?` or `<…>`
      diagnostics_.report(diag::kNotAType, path.span, path.str(), "a value");
      return std::nullopt;
    }
  }
  const Symbol* symbol = find_symbol(unit, path);
  if (symbol == nullptr) {
    const std::string near = suggestion(unit, path, Wanted::kType, diagnostics_);
    Diagnostic& finding = diagnostics_.report(diag::kUnknownType, path.span, path.str());
    finding.suggest(near);
    if (near.empty() && path.parts.size() == 2 && !unit.prefixes.contains(path.parts[0].text)) {
      finding.help("no import of this file has the prefix '" + std::string(path.parts[0].text) +
                   "'");
    }
    return std::nullopt;
  }
  Type type;
  if (const auto* alias = std::get_if<BoundAlias*>(symbol)) return use_alias(**alias, path);
  if (const auto* enumeration = std::get_if<BoundEnum*>(symbol)) {
    type.kind = Kind::kEnum;
    type.enumeration = (*enumeration)->checked;
    return type;
  }
  if (const auto* structure = std::get_if<BoundStruct*>(symbol)) {
    type.kind = Kind::kStruct;
    type.structure = (*structure)->checked;
    return type;
  }
  if (const auto* tagged_union = std::get_if<BoundUnion*>(symbol)) {
    type.kind = Kind::kUnion;
    type.tagged_union = (*tagged_union)->checked;
    return type;
  }
  diagnostics_.report(diag::kNotAType, path.span, path.str(), describe(*symbol))
      .note(name_span(*symbol), "declared here");
  return std::nullopt;
}

std::optional<Type> TypeBuilder::use_alias(BoundAlias& alias, const ast::Path& path) {
  const auto known = aliases_.find(alias.checked);
  if (known != aliases_.end() && known->second.progress == AliasState::Progress::kOpen) {
    diagnostics_.report(diag::kAliasCycle, path.span, alias.checked->name)
        .note(alias.tree->name.span, "declared here")
        .help("only structs and unions can be recursive");
    return std::nullopt;
  }
  if (known == aliases_.end() && open_ >= kMaxTypeDepth) {
    diagnostics_.report(diag::kTypeTooLarge, path.span, kMaxTypeNodes, kMaxTypeDepth);
    return std::nullopt;
  }
  if (!resolve(alias)) return std::nullopt;
  chain_ = std::max(chain_, aliases_.at(alias.checked).chain);
  Type type = alias.checked->type;
  type.alias = alias.checked;
  return type;
}

bool TypeBuilder::resolve(BoundAlias& alias) {
  using Progress = AliasState::Progress;
  const auto [entry, is_new] = aliases_.try_emplace(alias.checked);
  if (!is_new) return entry->second.progress == Progress::kDone;
  ++open_;
  const int chain_before = std::exchange(chain_, 0);
  std::optional<Type> type = build(*alias.unit, alias.tree->type);
  const int chain = chain_ + 1;
  chain_ = chain_before;
  --open_;
  if (type && chain > kMaxTypeDepth) {
    diagnostics_.report(diag::kTypeTooLarge, alias.tree->type.span, kMaxTypeNodes, kMaxTypeDepth);
    type.reset();
  }
  AliasState& state = aliases_.at(alias.checked);
  state.chain = chain;
  state.progress = type ? Progress::kDone : Progress::kFailed;
  if (!type) return false;
  alias.checked->type = std::move(*type);
  alias.checked->type.alias = nullptr;
  return true;
}

std::optional<Type> TypeBuilder::build_container(const Unit& unit, const ast::BaseType& tree) {
  Type type;
  type.kind = tree.kind == ast::BaseKind::kList  ? Kind::kList
              : tree.kind == ast::BaseKind::kMap ? Kind::kMap
                                                 : Kind::kTuple;
  bool good = true;
  for (const ast::TypeExpr& written : tree.arguments) {
    std::optional<Type> argument = build(unit, written);
    good &= argument.has_value();
    if (argument) type.arguments.push_back(std::move(*argument));
  }
  if (!good) return std::nullopt;
  if (type.kind == Kind::kMap && !check_key(type.arguments[0], tree.arguments[0].span)) {
    return std::nullopt;
  }
  return type;
}

bool TypeBuilder::check_key(const Type& key, SourceSpan span) {
  const bool is_key = key.kind == Kind::kString || key.kind == Kind::kEnum || is_integer(key.kind);
  if (is_key && !key.nullable) return true;
  diagnostics_.report(diag::kBadMapKey, span, to_string(key))
      .help("a key is a string, an integer or an enum");
  return false;
}

bool TypeBuilder::check_size(const Type& type, SourceSpan span) {
  const Extent extent = extent_of(type);
  if (extent.nodes <= kMaxTypeNodes && extent.depth <= kMaxTypeDepth) return true;
  diagnostics_.report(diag::kTypeTooLarge, span, kMaxTypeNodes, kMaxTypeDepth);
  return false;
}

}  // namespace mfidl
