// The annotations of the language: ONE table of name, where it is allowed, typed arguments and
// effect.
//
// docs/language.md shows it to people; a test keeps the two together. `@x.tool.name(…)` is
// not in the table: it is free for other tools and kept as it was written.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator.h"
#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

// Where an annotation can stand; a row of the table allows a set of them.
enum class Site : std::uint32_t {
  kPackage = 1 << 0,
  kConstant = 1 << 1,
  kAlias = 1 << 2,
  kEnum = 1 << 3,
  kEnumValue = 1 << 4,
  kStruct = 1 << 5,
  kMember = 1 << 6,
  kUnion = 1 << 7,
  kVariant = 1 << 8,
  kError = 1 << 9,
  kInterface = 1 << 10,
  kMethod = 1 << 11,
  kParameter = 1 << 12,
};

// "a member", "an enum value"; with all sites of a set: "a member, a method or a parameter".
std::string site_names(std::uint32_t sites);

// What an annotation stands on. Only what the site has is set.
struct AnnotationTarget {
  Site site = Site::kPackage;
  const Unit* unit = nullptr;
  std::string_view name;
  Named* named = nullptr;
  std::string* wire = nullptr;
  Type* value =
      nullptr;  // what value annotations govern: a member's or parameter's type, a method's result
  bool optional = false;  // `x?: T`
  Method* method = nullptr;
  Struct* structure = nullptr;
  Error* error = nullptr;
  Interface* interface = nullptr;
};

enum class ArgumentKind { kString, kInteger, kNumber, kDuration, kName, kList, kAny };

struct ArgumentSpec {
  std::string_view name;
  ArgumentKind kind = ArgumentKind::kAny;
  bool required = true;
};

// The arguments of one annotation, in the order of its row; null where one was left out. A variadic
// row has all of them in `rest`.
struct BoundArguments {
  const ast::Annotation* tree = nullptr;
  std::vector<const ast::Literal*> values;
  std::vector<const ast::Literal*> rest;
};

// What an effect may use.
struct EffectTools {
  Evaluator& evaluator;
  Diagnostics& diagnostics;
};

using Effect = void (*)(const BoundArguments& arguments, AnnotationTarget& target,
                        EffectTools& tools);

struct AnnotationSpec {
  std::string_view name;
  std::uint32_t sites = 0;
  std::span<const ArgumentSpec> arguments;
  bool variadic = false;    // the one argument may be given any number of times, but at least once
  bool repeatable = false;  // may stand more than once on one thing
  Effect effect = nullptr;
};

std::span<const AnnotationSpec> annotation_table();
const AnnotationSpec* find_annotation(std::string_view name);

// Matches what was written with the row; false when something was wrong, which has been reported.
bool bind_arguments(const AnnotationSpec& spec, const ast::Annotation& tree,
                    BoundArguments& arguments, Diagnostics& diagnostics);

}  // namespace mfidl
