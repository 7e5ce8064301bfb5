#include "evaluator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "diagnostic_table.h"
#include "literal.h"
#include "names.h"
#include "suggest.h"

namespace mfidl {
namespace {

const EnumValue* find_value(const Enum& enumeration, std::string_view name) {
  const auto found = std::find_if(enumeration.values.begin(), enumeration.values.end(),
                                  [&](const EnumValue& value) { return value.name == name; });
  return found == enumeration.values.end() ? nullptr : &*found;
}

Type without_null(const Type& type) {
  Type inner = type;
  inner.nullable = false;
  return inner;
}

// Whether the member of an inline union is sent as what the literal looks like.
bool looks_like(const ast::Literal& tree, const Type& type) {
  if (tree.as<ast::IntLiteral>() != nullptr) {
    return is_integer(type.kind) || is_float(type.kind) || type.kind == Kind::kTimestamp;
  }
  if (tree.as<ast::FloatLiteral>() != nullptr) {
    return is_float(type.kind) || type.kind == Kind::kTimestamp;
  }
  if (tree.as<ast::StringLiteral>() != nullptr) {
    return type.kind == Kind::kString || type.kind == Kind::kBytes;
  }
  if (tree.as<ast::DurationLiteral>() != nullptr) return type.kind == Kind::kDuration;
  if (tree.as<ast::ListLiteral>() != nullptr) {
    return type.kind == Kind::kList || type.kind == Kind::kTuple;
  }
  if (tree.as<ast::MapLiteral>() != nullptr) {
    return type.kind == Kind::kMap || type.kind == Kind::kStruct || type.kind == Kind::kUnion;
  }
  const std::string_view name = tree.as<ast::PathLiteral>()->path.last().text;
  if (name == "true" || name == "false") return type.kind == Kind::kBool;
  return type.kind == Kind::kEnum && find_value(*type.enumeration, name) != nullptr;
}

}  // namespace

std::optional<Literal> Evaluator::evaluate(const Unit& unit, const ast::Literal& tree,
                                           const Type& type) {
  if (tree.as<ast::PathLiteral>() != nullptr) return evaluate_path(unit, tree, type);
  switch (type.kind) {
    case Kind::kList:
    case Kind::kTuple:
      return evaluate_list(unit, tree, type);
    case Kind::kMap:
      return evaluate_map(unit, tree, type);
    case Kind::kStruct:
      return evaluate_struct(unit, tree, *type.structure, nullptr);
    case Kind::kUnion:
      return evaluate_union(unit, tree, *type.tagged_union);
    case Kind::kOneOf:
      return evaluate_one_of(unit, tree, type);
    case Kind::kAny:
      return literal_as_written(tree);
    default:
      return evaluate_scalar(tree, type);
  }
}

std::optional<Literal> Evaluator::evaluate_scalar(const ast::Literal& tree, const Type& type) {
  if (const auto* number = tree.as<ast::IntLiteral>()) {
    return convert_integer({.negative = number->negative, .magnitude = number->magnitude}, type,
                           tree.span);
  }
  if (const auto* number = tree.as<ast::FloatLiteral>()) {
    return convert_float(number->value, type, tree.span);
  }
  if (const auto* text = tree.as<ast::StringLiteral>()) {
    if (type.kind == Kind::kString || type.kind == Kind::kBytes) return Literal{text->value};
  }
  if (const auto* duration = tree.as<ast::DurationLiteral>()) {
    if (type.kind == Kind::kDuration) {
      return Literal{std::chrono::nanoseconds(duration->nanoseconds)};
    }
  }
  return mismatch(tree, to_string(type));
}

std::optional<Literal> Evaluator::convert_integer(const Integer& value, const Type& type,
                                                  SourceSpan span) {
  if (is_integer(type.kind)) {
    if (value >= lowest(type.kind) && value <= highest(type.kind)) return Literal{value};
    diagnostics_.report(diag::kIntegerOutOfRange, span, to_string(value), kind_name(type.kind));
    return std::nullopt;
  }
  if (is_float(type.kind) || type.kind == Kind::kTimestamp) return Literal{to_double(value)};
  Diagnostic& finding =
      diagnostics_.report(diag::kValueMismatch, span, to_string(type), "an integer");
  if (type.kind == Kind::kDuration) finding.help("write a unit, as in '5s' or '250ms'");
  return std::nullopt;
}

std::optional<Literal> Evaluator::convert_float(double value, const Type& type, SourceSpan span) {
  if (type.kind == Kind::kF32 &&
      std::abs(value) > static_cast<double>(std::numeric_limits<float>::max())) {
    diagnostics_.report(diag::kFloatTooLarge, span);
    return std::nullopt;
  }
  if (is_float(type.kind) || type.kind == Kind::kTimestamp) return Literal{value};
  Diagnostic& finding = diagnostics_.report(diag::kValueMismatch, span, to_string(type), "a float");
  if (type.kind == Kind::kDuration) finding.help("write a unit, as in '1.5s'");
  return std::nullopt;
}

std::optional<Literal> Evaluator::evaluate_path(const Unit& unit, const ast::Literal& tree,
                                                const Type& type) {
  const ast::Path& path = tree.as<ast::PathLiteral>()->path;
  if (type.kind == Kind::kEnum && path.is_simple()) {
    if (const EnumValue* value = find_value(*type.enumeration, path.parts[0].text)) {
      return Literal{value};
    }
  }
  if (path.is_simple()) {
    const std::string_view name = path.parts[0].text;
    if (name == "null") {
      if (type.nullable || type.kind == Kind::kAny) return Literal{};
      return mismatch(tree, to_string(type));
    }
    if (name == "true" || name == "false") {
      if (type.kind == Kind::kOneOf) return evaluate_one_of(unit, tree, type);
      if (type.kind != Kind::kBool && type.kind != Kind::kAny) {
        return mismatch(tree, to_string(type));
      }
      return Literal{name == "true"};
    }
  }
  if (type.kind == Kind::kOneOf) return evaluate_one_of(unit, tree, type);
  if (const Symbol* symbol = find_symbol(unit, path)) {
    if (const auto* constant = std::get_if<BoundConstant*>(symbol)) {
      return use_constant(**constant, tree, type);
    }
  }
  // `Priority.low`, `geo.Unit.mm`
  const Symbol* owner = find_symbol(unit, std::span(path.parts).first(path.parts.size() - 1));
  if (owner != nullptr && std::holds_alternative<BoundEnum*>(*owner)) {
    const Enum& enumeration = *std::get<BoundEnum*>(*owner)->checked;
    const EnumValue* value = find_value(enumeration, path.last().text);
    if (value != nullptr && type.enumeration == &enumeration) return Literal{value};
    if (value != nullptr) return mismatch(tree, to_string(type));
  }
  return unknown_value(unit, tree, type);
}

std::optional<Literal> Evaluator::unknown_value(const Unit& unit, const ast::Literal& tree,
                                                const Type& type) {
  const ast::Path& path = tree.as<ast::PathLiteral>()->path;
  std::string near;
  if (type.kind == Kind::kEnum && !diagnostics_.full()) {
    std::vector<std::string> names;
    for (const EnumValue& value : type.enumeration->values) names.push_back(value.name);
    near = nearest(path.last().text, names);
  }
  if (near.empty()) near = suggestion(unit, path, Wanted::kConstant, diagnostics_);
  Diagnostic& finding = diagnostics_.report(diag::kUnknownValue, tree.span, path.str());
  finding.suggest(near);
  if (type.kind == Kind::kString && near.empty()) finding.help("write text in \"double quotes\"");
  return std::nullopt;
}

bool Evaluator::resolve(BoundConstant& constant) {
  using Progress = ConstantState::Progress;
  const auto [entry, is_new] = constants_.try_emplace(constant.checked);
  if (!is_new) return entry->second.progress == Progress::kDone;
  ++open_;
  const int chain_before = std::exchange(chain_, 0);
  std::optional<Literal> value =
      evaluate(*constant.unit, constant.tree->value, constant.checked->type);
  const int chain = chain_ + 1;
  chain_ = chain_before;
  --open_;
  if (value && chain > kMaxConstantChain) {
    diagnostics_.report(diag::kConstantChain, constant.tree->value.span, kMaxConstantChain);
    value.reset();
  }
  ConstantState& state = constants_.at(constant.checked);
  state.chain = chain;
  state.progress = value ? Progress::kDone : Progress::kFailed;
  if (value) constant.checked->value = std::move(*value);
  return value.has_value();
}

std::optional<Literal> Evaluator::use_constant(BoundConstant& constant, const ast::Literal& tree,
                                               const Type& type) {
  const auto known = constants_.find(constant.checked);
  if (known != constants_.end() && known->second.progress == ConstantState::Progress::kOpen) {
    diagnostics_.report(diag::kConstantCycle, tree.span, constant.checked->name)
        .note(constant.tree->name.span, "declared here");
    return std::nullopt;
  }
  if (known == constants_.end() && open_ >= kMaxConstantChain) {
    diagnostics_.report(diag::kConstantChain, tree.span, kMaxConstantChain);
    return std::nullopt;
  }
  if (!resolve(constant)) return std::nullopt;
  chain_ = std::max(chain_, constants_.at(constant.checked).chain);
  const Literal& value = constant.checked->value;
  if (type.kind == Kind::kAny) return value;
  if (const auto* integer = std::get_if<Integer>(&value.value)) {
    return convert_integer(*integer, type, tree.span);
  }
  if (const auto* number = std::get_if<double>(&value.value)) {
    return convert_float(*number, type, tree.span);
  }
  const Type& own = constant.checked->type;
  if (own.kind == type.kind && own.enumeration == type.enumeration) return value;
  return mismatch(tree, to_string(type));
}

std::optional<Literal> Evaluator::mismatch(const ast::Literal& tree, const std::string& expected) {
  diagnostics_.report(diag::kValueMismatch, tree.span, expected, describe(tree));
  return std::nullopt;
}

std::optional<Literal> Evaluator::evaluate_list(const Unit& unit, const ast::Literal& tree,
                                                const Type& type) {
  const auto* list = tree.as<ast::ListLiteral>();
  if (list == nullptr) return mismatch(tree, to_string(type));
  const bool is_tuple = type.kind == Kind::kTuple;
  if (is_tuple && list->items.size() != type.arguments.size()) {
    return mismatch(tree, to_string(type));
  }
  LiteralList items;
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    auto item = evaluate(unit, list->items[i], type.arguments[is_tuple ? i : 0]);
    if (!item) return std::nullopt;
    items.push_back(std::move(*item));
  }
  return Literal{std::move(items)};
}

std::optional<Literal> Evaluator::evaluate_map(const Unit& unit, const ast::Literal& tree,
                                               const Type& type) {
  const auto* map = tree.as<ast::MapLiteral>();
  if (map == nullptr) return mismatch(tree, to_string(type));
  LiteralMap entries;
  for (const ast::MapEntry& entry : map->entries) {
    auto value = evaluate(unit, entry.value, type.arguments[1]);
    if (!value) return std::nullopt;
    entries.push_back({.key = entry.key, .value = std::move(*value)});
  }
  return Literal{std::move(entries)};
}

std::optional<Literal> Evaluator::evaluate_struct(const Unit& unit, const ast::Literal& tree,
                                                  const Struct& structure, const std::string* tag) {
  const auto* map = tree.as<ast::MapLiteral>();
  if (map == nullptr) return mismatch(tree, structure.name);
  LiteralMap entries;
  for (const ast::MapEntry& entry : map->entries) {
    if (tag != nullptr && entry.key == *tag) continue;
    const auto member = std::find_if(structure.members.begin(), structure.members.end(),
                                     [&](const Member& one) { return one.wire == entry.key; });
    if (member == structure.members.end()) {
      std::vector<std::string> keys;
      for (const Member& one : structure.members) keys.push_back(one.wire);
      const std::string near = diagnostics_.full() ? std::string() : nearest(entry.key, keys);
      diagnostics_.report(diag::kUnknownKey, entry.key_span, structure.name, entry.key)
          .suggest(near);
      return std::nullopt;
    }
    const bool may_be_null = member->is_optional() || member->type.nullable;
    const auto* path = entry.value.as<ast::PathLiteral>();
    if (may_be_null && path != nullptr && path->path.str() == "null") {
      entries.push_back({.key = entry.key, .value = {}});
      continue;
    }
    auto value = evaluate(unit, entry.value, member->type);
    if (!value) return std::nullopt;
    entries.push_back({.key = entry.key, .value = std::move(*value)});
  }
  for (const Member& member : structure.members) {
    if (member.form != MemberForm::kRequired) continue;
    const auto given = std::find_if(entries.begin(), entries.end(), [&](const LiteralEntry& entry) {
      return entry.key == member.wire;
    });
    if (given != entries.end()) continue;
    diagnostics_.report(diag::kMissingKey, tree.span, structure.name, member.wire);
    return std::nullopt;
  }
  return Literal{std::move(entries)};
}

std::optional<Literal> Evaluator::evaluate_union(const Unit& unit, const ast::Literal& tree,
                                                 const Union& tagged_union) {
  const auto* map = tree.as<ast::MapLiteral>();
  if (map == nullptr) return mismatch(tree, tagged_union.name);
  for (const ast::MapEntry& entry : map->entries) {
    const auto* tag = entry.value.as<ast::StringLiteral>();
    if (entry.key != tagged_union.tag || tag == nullptr) continue;
    for (const Variant& variant : tagged_union.variants) {
      if (variant.tag_value != tag->value || variant.structure == nullptr) continue;
      auto value = evaluate_struct(unit, tree, *variant.structure, &tagged_union.tag);
      if (!value) return std::nullopt;
      auto& entries = std::get<LiteralMap>(value->value);
      entries.insert(entries.begin(), {.key = entry.key, .value = {tag->value}});
      return value;
    }
    return mismatch(entry.value, "one of the tags of " + tagged_union.name);
  }
  diagnostics_.report(diag::kMissingKey, tree.span, tagged_union.name, tagged_union.tag);
  return std::nullopt;
}

std::optional<Literal> Evaluator::evaluate_one_of(const Unit& unit, const ast::Literal& tree,
                                                  const Type& type) {
  for (const Type& member : type.arguments) {
    if (looks_like(tree, member)) return evaluate(unit, tree, without_null(member));
  }
  return mismatch(tree, to_string(type));
}

}  // namespace mfidl
