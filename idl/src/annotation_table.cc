#include "annotation_table.h"

#include <algorithm>
#include <array>
#include <bit>

#include "annotation_effects.h"

namespace mfidl {
namespace {

using enum ArgumentKind;

template <typename... Sites>
constexpr std::uint32_t on(Sites... sites) {
  return (static_cast<std::uint32_t>(sites) | ...);
}

constexpr std::uint32_t kValues = on(Site::kMember, Site::kParameter, Site::kMethod);
constexpr std::uint32_t kNames = on(
    Site::kConstant, Site::kAlias, Site::kEnum, Site::kEnumValue, Site::kStruct, Site::kMember,
    Site::kUnion, Site::kVariant, Site::kError, Site::kInterface, Site::kMethod, Site::kParameter);

constexpr std::array kText = {ArgumentSpec{"text", kString, true}};
constexpr std::array kOptionalText = {ArgumentSpec{"text", kString, false}};
constexpr std::array kLimit = {ArgumentSpec{"value", kNumber, true}};
constexpr std::array kSizes = {ArgumentSpec{"min", kInteger, false},
                               ArgumentSpec{"max", kInteger, false}};
constexpr std::array kOneName = {ArgumentSpec{"name", kName, true}};
constexpr std::array kTime = {ArgumentSpec{"duration", kDuration, true}};
constexpr std::array kExample = {ArgumentSpec{"args", kList, true},
                                 ArgumentSpec{"result", kAny, false}};
constexpr std::array kWorker = {ArgumentSpec{"service", kString, false},
                                ArgumentSpec{"namespace", kString, false}};
constexpr std::array kSpellings = {
    ArgumentSpec{"cpp", kString, false},  ArgumentSpec{"python", kString, false},
    ArgumentSpec{"js", kString, false},   ArgumentSpec{"go", kString, false},
    ArgumentSpec{"rust", kString, false}, ArgumentSpec{"typescript", kString, false}};

using namespace effects;  // NOLINT: the table's last column

// name, sites, arguments, variadic, repeatable, effect
constexpr std::array kTable = {
    AnnotationSpec{"deprecated", kNames, kOptionalText, false, false, set_deprecated},
    AnnotationSpec{"encoding", kValues, kOneName, false, false, set_encoding},
    AnnotationSpec{"example", on(Site::kMethod), kExample, false, true, leave_example},
    AnnotationSpec{"idempotent", on(Site::kMethod), {}, false, false, set_idempotent},
    AnnotationSpec{"keep_unknown", on(Site::kStruct), {}, false, false, set_keep_unknown},
    AnnotationSpec{"match", on(Site::kError), kText, true, false, add_matches},
    AnnotationSpec{"max", kValues, kLimit, false, false, set_max},
    AnnotationSpec{"min", kValues, kLimit, false, false, set_min},
    AnnotationSpec{"name", kNames, kSpellings, false, false, set_names},
    AnnotationSpec{"nan_as_null", kValues, {}, false, false, set_nan_as_null},
    AnnotationSpec{"positional", on(Site::kInterface), {}, false, false, set_positional},
    AnnotationSpec{"since", kNames, kText, false, false, set_since},
    AnnotationSpec{"size", kValues, kSizes, false, false, set_size},
    AnnotationSpec{"strict", on(Site::kStruct), {}, false, false, set_strict},
    AnnotationSpec{"targets", on(Site::kInterface), kOneName, true, false, set_targets},
    AnnotationSpec{"timeout", on(Site::kMethod), kTime, false, false, set_timeout},
    AnnotationSpec{"version", on(Site::kInterface), kText, false, false, set_version},
    AnnotationSpec{"wire", kValues, kText, false, false, set_wire},
    AnnotationSpec{"worker", on(Site::kInterface), kWorker, false, false, set_worker},
};

constexpr std::array<std::string_view, 13> kSiteNames = {
    "a package",    "a constant", "an alias",   "an enum",   "an enum value",
    "a struct",     "a member",   "a union",    "a variant", "an error",
    "an interface", "a method",   "a parameter"};

}  // namespace

std::span<const AnnotationSpec> annotation_table() { return kTable; }

const AnnotationSpec* find_annotation(std::string_view name) {
  const auto* found = std::find_if(kTable.begin(), kTable.end(),
                                   [&](const AnnotationSpec& spec) { return spec.name == name; });
  return found == kTable.end() ? nullptr : found;
}

std::string site_names(std::uint32_t sites) {
  std::string text;
  int left = std::popcount(sites);
  for (std::size_t i = 0; i < kSiteNames.size(); ++i) {
    if ((sites & (1U << i)) == 0) continue;
    --left;
    if (!text.empty()) text += left == 0 ? " or " : ", ";
    text += kSiteNames[i];
  }
  return text;
}

}  // namespace mfidl
