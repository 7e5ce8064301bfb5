#include "literal.h"

#include <array>
#include <string_view>
#include <utility>

namespace mfidl {
namespace {

Literal written(const ast::IntLiteral& tree) {
  return {Integer{.negative = tree.negative, .magnitude = tree.magnitude}};
}
Literal written(const ast::FloatLiteral& tree) { return {tree.value}; }
Literal written(const ast::StringLiteral& tree) { return {tree.value}; }
Literal written(const ast::DurationLiteral& tree) {
  return {std::chrono::nanoseconds(tree.nanoseconds)};
}
Literal written(const ast::PathLiteral& tree) {
  const std::string name = tree.path.str();
  if (name == "null") return {};
  if (name == "true" || name == "false") return {name == "true"};
  return {name};
}
Literal written(const ast::ListLiteral& tree) {
  LiteralList items;
  for (const ast::Literal& item : tree.items) items.push_back(literal_as_written(item));
  return {std::move(items)};
}
Literal written(const ast::MapLiteral& tree) {
  LiteralMap entries;
  for (const ast::MapEntry& entry : tree.entries) {
    entries.push_back({.key = entry.key, .value = literal_as_written(entry.value)});
  }
  return {std::move(entries)};
}

}  // namespace

std::string describe(const ast::Literal& tree) {
  if (const auto* path = tree.as<ast::PathLiteral>()) return "'" + path->path.str() + "'";
  static constexpr std::array<std::string_view, 7> kWords = {
      "an integer", "a float", "a string", "a duration", "a name", "a list", "a map"};
  static_assert(kWords.size() == std::variant_size_v<decltype(tree.value)>);
  return std::string(kWords[tree.value.index()]);
}

Literal literal_as_written(const ast::Literal& tree) {
  return std::visit([](const auto& value) { return written(value); }, tree.value);
}

}  // namespace mfidl
