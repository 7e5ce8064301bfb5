#include "check_enums.h"

#include <map>
#include <string>

#include "diagnostic_table.h"
#include "names.h"

namespace mfidl {
namespace {

// The integer kind that the enum names as its base; none for strings, or after an error.
std::optional<Kind> base_of(const ast::EnumDecl& tree, Diagnostics& diagnostics) {
  if (!tree.base) return std::nullopt;
  const std::optional<Kind> kind = builtin_kind(tree.base->text);
  if (kind && is_integer(*kind)) return kind;
  diagnostics.report(diag::kBadEnumBase, tree.base->span, tree.base->text)
      .help(tree.base->text == "string" ? "leave ': string' out: enums are strings by default"
                                        : "a base is one of i8 … i64, u8 … u64 and i53");
  return std::nullopt;
}

// Empty after an error.
std::optional<std::variant<std::string, Integer>> wire_value(const ast::EnumValue& tree,
                                                             std::optional<Kind> base,
                                                             Diagnostics& diagnostics) {
  if (!base) {
    if (!tree.value) return std::string(tree.name.text);
    if (const auto* text = tree.value->as<ast::StringLiteral>()) return text->value;
    diagnostics.report(diag::kEnumValueType, tree.value->span, tree.name.text, "a string")
        .help("an enum of numbers names its base: enum E: i32 { … }");
    return std::nullopt;
  }
  if (!tree.value) {
    diagnostics.report(diag::kEnumValueMissing, tree.name.span, tree.name.text)
        .help("give it a number, as in '" + std::string(tree.name.text) + " = 0'");
    return std::nullopt;
  }
  const auto* number = tree.value->as<ast::IntLiteral>();
  if (number == nullptr) {
    diagnostics.report(diag::kEnumValueType, tree.value->span, tree.name.text, "an integer");
    return std::nullopt;
  }
  const Integer value{.negative = number->negative, .magnitude = number->magnitude};
  if (value < lowest(*base) || value > highest(*base)) {
    diagnostics.report(diag::kIntegerOutOfRange, tree.value->span, to_string(value),
                       kind_name(*base));
    return std::nullopt;
  }
  return value;
}

}  // namespace

void check_enum(BoundEnum& bound, Diagnostics& diagnostics) {
  const ast::EnumDecl& tree = *bound.tree;
  Enum& checked = *bound.checked;
  checked.base = base_of(tree, diagnostics);
  if (tree.values.empty()) {
    diagnostics.report(diag::kEmptyEnum, tree.name.span, tree.name.text);
  }
  if (tree.base && !checked.base) return;
  std::map<std::variant<std::string, Integer>, ast::Identifier> wires;
  for (std::size_t i = 0; i < tree.values.size(); ++i) {
    const ast::EnumValue& value = tree.values[i];
    auto wire = wire_value(value, checked.base, diagnostics);
    if (!wire) continue;
    const auto [other, alone] = wires.emplace(*wire, value.name);
    // One name twice is check_names' finding.
    if (!alone && other->second.text != value.name.text) {
      diagnostics
          .report(diag::kDuplicateEnumWire, value.value ? value.value->span : value.name.span,
                  value.name.text)
          .note(other->second.span, "the first one with this value");
    }
    checked.values[i].wire = std::move(*wire);
  }
}

}  // namespace mfidl
