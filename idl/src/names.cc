#include "names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "suggest.h"

namespace mfidl {
namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 17> kBuiltins = {{
    {"bool", Kind::kBool},
    {"i8", Kind::kI8},
    {"i16", Kind::kI16},
    {"i32", Kind::kI32},
    {"i64", Kind::kI64},
    {"u8", Kind::kU8},
    {"u16", Kind::kU16},
    {"u32", Kind::kU32},
    {"u64", Kind::kU64},
    {"i53", Kind::kI53},
    {"f32", Kind::kF32},
    {"f64", Kind::kF64},
    {"string", Kind::kString},
    {"bytes", Kind::kBytes},
    {"any", Kind::kAny},
    {"timestamp", Kind::kTimestamp},
    {"duration", Kind::kDuration},
}};

constexpr std::array<std::string_view, 6> kOtherBuiltinNames = {"list", "map",   "tuple",
                                                                "true", "false", "null"};

bool fits(const Symbol& symbol, Wanted wanted) {
  switch (wanted) {
    case Wanted::kType:
      return std::holds_alternative<BoundAlias*>(symbol) ||
             std::holds_alternative<BoundEnum*>(symbol) ||
             std::holds_alternative<BoundStruct*>(symbol) ||
             std::holds_alternative<BoundUnion*>(symbol);
    case Wanted::kError:
      return std::holds_alternative<BoundError*>(symbol);
    case Wanted::kInterface:
      return std::holds_alternative<BoundInterface*>(symbol);
    case Wanted::kConstant:
      return std::holds_alternative<BoundConstant*>(symbol);
  }
  return false;
}

void collect(const Unit& unit, const std::string& prefix, Wanted wanted,
             std::vector<std::string>& names) {
  // In the order of the text, not of the hash table: the first of equally near names is suggested.
  for (const ast::Declaration& declaration : unit.tree.declarations) {
    const std::string_view name = ast::declared(declaration).name.text;
    const auto found = unit.names.find(name);
    if (found != unit.names.end() && fits(found->second, wanted)) {
      names.push_back(prefix + std::string(name));
    }
  }
}

}  // namespace

std::optional<Kind> builtin_kind(std::string_view name) {
  const auto* found = std::find_if(kBuiltins.begin(), kBuiltins.end(),
                                   [&](const auto& entry) { return entry.first == name; });
  if (found == kBuiltins.end()) return std::nullopt;
  return found->second;
}

bool is_builtin_name(std::string_view name) {
  return builtin_kind(name).has_value() ||
         std::find(kOtherBuiltinNames.begin(), kOtherBuiltinNames.end(), name) !=
             kOtherBuiltinNames.end();
}

const Symbol* find_symbol(const Unit& unit, std::span<const ast::Identifier> parts) {
  const Unit* scope = &unit;
  if (parts.size() == 2) {
    const auto prefix = unit.prefixes.find(parts[0].text);
    if (prefix == unit.prefixes.end()) return nullptr;
    scope = prefix->second;
  } else if (parts.size() != 1) {
    return nullptr;
  }
  const auto found = scope->names.find(parts.back().text);
  return found == scope->names.end() ? nullptr : &found->second;
}

const Symbol* find_symbol(const Unit& unit, const ast::Path& path) {
  return find_symbol(unit, std::span(path.parts));
}

std::string_view describe(const Symbol& symbol) {
  static constexpr std::array<std::string_view, std::variant_size_v<Symbol>> kWords = {
      "a constant", "an alias", "an enum", "a struct", "a union", "an error", "an interface"};
  return kWords[symbol.index()];
}

SourceSpan name_span(const Symbol& symbol) {
  return std::visit([](const auto* bound) { return bound->tree->name.span; }, symbol);
}

std::string suggestion(const Unit& unit, const ast::Path& path, Wanted wanted,
                       const Diagnostics& diagnostics) {
  if (diagnostics.full()) return {};
  std::vector<std::string> names;
  if (wanted == Wanted::kType) {
    for (const auto& [name, kind] : kBuiltins) names.emplace_back(name);
  }
  collect(unit, "", wanted, names);
  for (const Import& import : unit.file->imports) {
    collect(*unit.prefixes.at(import.prefix), import.prefix + ".", wanted, names);
  }
  const std::string word = path.str();
  std::string near = nearest(word, names);
  if (!near.empty()) return near;
  // `Rect` or `acme.geo.Rect` for `geo.Rect`: right but for the prefix.
  for (const std::string& name : names) {
    const std::size_t dot = name.rfind('.');
    if (dot != std::string::npos && std::string_view(name).substr(dot + 1) == path.last().text) {
      return name;
    }
  }
  return {};
}

}  // namespace mfidl
