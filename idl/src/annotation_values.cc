// The effects of annotations that govern values: limits, encodings, NaN. They are pushed down to
// the types they mean.
#include <algorithm>
#include <array>
#include <utility>

#include "annotation_effects.h"
#include "diagnostic_table.h"
#include "suggest.h"

namespace mfidl::effects {
namespace {

// Calls `visit` for every type that is not a container, reached through lists, map values, tuples
// and inline unions.
template <typename Visit>
void for_each_leaf(Type& type, bool nullable, const Visit& visit) {
  switch (type.kind) {
    case Kind::kList:
    case Kind::kTuple:
      for (Type& argument : type.arguments) for_each_leaf(argument, argument.nullable, visit);
      return;
    case Kind::kMap:
      for_each_leaf(type.arguments[1], type.arguments[1].nullable, visit);
      return;
    case Kind::kOneOf:
      for (Type& argument : type.arguments) for_each_leaf(argument, nullable, visit);
      return;
    default:
      visit(type, nullable);
  }
}

template <typename Visit>
void for_each_leaf(AnnotationTarget& target, const Visit& visit) {
  if (target.value == nullptr) return;
  for_each_leaf(*target.value, target.value->nullable || target.optional, visit);
}

void report_unsuited(const BoundArguments& arguments, const AnnotationTarget& target,
                     std::string_view wanted, EffectTools& tools) {
  const std::string name = arguments.tree->name.str();
  if (target.value == nullptr) {
    tools.diagnostics.report(diag::kNoResultToGovern, arguments.tree->span, name, target.name);
    return;
  }
  tools.diagnostics.report(diag::kUnsuitedAnnotation, arguments.tree->span, name, wanted,
                           target.name, to_string(*target.value));
}

void set_limit(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools,
               std::optional<Literal> Type::*limit) {
  const ast::Literal& value = *arguments.values[0];
  bool found = false;
  bool good = true;
  for_each_leaf(target, [&](Type& leaf, bool) {
    const bool has_limits =
        is_integer(leaf.kind) || is_float(leaf.kind) || leaf.kind == Kind::kDuration;
    if (!has_limits || !good) return;
    found = true;
    leaf.*limit = tools.evaluator.evaluate(*target.unit, value, leaf);
    good = (leaf.*limit).has_value();
    if (good && std::holds_alternative<std::monostate>((leaf.*limit)->value)) {
      tools.diagnostics.report(diag::kValueMismatch, value.span, kind_name(leaf.kind), "'null'");
      (leaf.*limit).reset();
      good = false;
    }
  });
  if (!found) report_unsuited(arguments, target, "a number or a duration", tools);
}

std::optional<std::uint64_t> size_of(const ast::Literal* value, const AnnotationTarget& target,
                                     EffectTools& tools) {
  if (value == nullptr) return std::nullopt;
  Type type;
  type.kind = Kind::kU64;
  const std::optional<Literal> size = tools.evaluator.evaluate(*target.unit, *value, type);
  if (!size) return std::nullopt;
  return std::get<Integer>(size->value).magnitude;
}

}  // namespace

void set_min(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  set_limit(arguments, target, tools, &Type::min);
}

void set_max(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  set_limit(arguments, target, tools, &Type::max);
}

void set_size(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  static constexpr std::array kSized = {Kind::kString, Kind::kBytes, Kind::kList, Kind::kMap};
  if (target.value == nullptr ||
      std::find(kSized.begin(), kSized.end(), target.value->kind) == kSized.end()) {
    report_unsuited(arguments, target, "a string, bytes, a list or a map", tools);
    return;
  }
  if (arguments.values[0] == nullptr && arguments.values[1] == nullptr) {
    tools.diagnostics.report(diag::kMissingArgument, arguments.tree->span, "size", "min")
        .help("write @size(min, max), @size(min = 1) or @size(max = 10)");
    return;
  }
  target.value->min_size = size_of(arguments.values[0], target, tools);
  target.value->max_size = size_of(arguments.values[1], target, tools);
}

void set_encoding(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  static constexpr std::array<std::string_view, 3> kWords = {"seconds", "millis", "ext"};
  const ast::Literal& value = *arguments.values[0];
  const std::string_view word = value.as<ast::PathLiteral>()->path.parts[0].text;
  const auto* known = std::find(kWords.begin(), kWords.end(), word);
  if (known == kWords.end()) {
    tools.diagnostics.report(diag::kUnknownEncoding, value.span, word)
        .suggest(nearest(word, kWords))
        .help("encodings are seconds, millis and, for a timestamp, ext");
    return;
  }
  const auto encoding = static_cast<Encoding>(known - kWords.begin());
  bool found = false;
  for_each_leaf(target, [&](Type& leaf, bool) {
    const bool suits = leaf.kind == Kind::kTimestamp ||
                       (leaf.kind == Kind::kDuration && encoding != Encoding::kExt);
    if (!suits) return;
    found = true;
    leaf.encoding = encoding;
  });
  if (found) return;
  report_unsuited(arguments, target,
                  encoding == Encoding::kExt ? "a timestamp" : "a timestamp or a duration", tools);
}

void set_nan_as_null(const BoundArguments& arguments, AnnotationTarget& target,
                     EffectTools& tools) {
  bool found = false;
  bool nullable_found = false;
  for_each_leaf(target, [&](Type& leaf, bool nullable) {
    if (!is_float(leaf.kind)) return;
    found = true;
    nullable_found |= nullable;
    leaf.nan_as_null = true;
  });
  if (!found) report_unsuited(arguments, target, "an f64 or f32", tools);
  if (!nullable_found) return;
  tools.diagnostics.report(diag::kNanInNullable, arguments.tree->span, target.name)
      .help("null could mean both empty and NaN; a nullable float sends NaN as null without it");
}

}  // namespace mfidl::effects
