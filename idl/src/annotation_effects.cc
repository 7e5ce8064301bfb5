#include "annotation_effects.h"

#include <algorithm>
#include <cctype>

#include "diagnostic_table.h"
#include "suggest.h"

namespace mfidl::effects {
namespace {

const std::string& text_of(const ast::Literal& value) {
  return value.as<ast::StringLiteral>()->value;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_identifier(std::string_view text) {
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_';
  });
}

// MAJOR.MINOR.PATCH, with or without "-rc.1" and the like behind it.
bool is_version(std::string_view text) {
  std::size_t at = 0;
  for (int part = 0; part < 3; ++part) {
    if (part > 0 && (at >= text.size() || text[at++] != '.')) return false;
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at == start) return false;
  }
  return at == text.size() || ((text[at] == '-' || text[at] == '+') && at + 1 < text.size());
}

// Reports an empty string; true when there is something in it.
bool check_filled(const ast::Literal& value, const BoundArguments& arguments, EffectTools& tools) {
  if (!text_of(value).empty()) return true;
  tools.diagnostics.report(diag::kEmptyArgument, value.span, arguments.tree->name.str());
  return false;
}

}  // namespace

void set_deprecated(const BoundArguments& arguments, AnnotationTarget& target, EffectTools&) {
  target.named->deprecated = arguments.values[0] != nullptr ? text_of(*arguments.values[0]) : "";
}

void set_since(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  if (check_filled(*arguments.values[0], arguments, tools)) {
    target.named->since = text_of(*arguments.values[0]);
  }
}

void set_names(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  constexpr std::size_t kTypescript = 5;  // another word for js
  bool any = false;
  for (std::size_t i = 0; i < arguments.values.size(); ++i) {
    const ast::Literal* value = arguments.values[i];
    if (value == nullptr) continue;
    any = true;
    if (!is_identifier(text_of(*value))) {
      tools.diagnostics.report(diag::kBadSpelling, value->span, text_of(*value));
      continue;
    }
    const std::size_t language =
        i == kTypescript ? static_cast<std::size_t>(Language::kTypeScript) : i;
    target.named->names[language] = text_of(*value);
  }
  if (any) return;
  tools.diagnostics.report(diag::kMissingArgument, arguments.tree->span, "name", "js")
      .help("name a language: @name(js = \"setBackend\")");
}

void set_wire(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  const ast::Literal& value = *arguments.values[0];
  if (!check_filled(value, arguments, tools)) return;
  // The specification makes such methods private (spec 6.3).
  if (target.site == Site::kMethod && text_of(value)[0] == '_') {
    tools.diagnostics.report(diag::kPrivateWireName, value.span, text_of(value));
    return;
  }
  *target.wire = text_of(value);
}

void add_matches(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  std::vector<std::string>& match = target.error->match;
  for (const ast::Literal* value : arguments.rest) {
    if (!check_filled(*value, arguments, tools)) continue;
    if (std::find(match.begin(), match.end(), text_of(*value)) != match.end()) {
      tools.diagnostics.report(diag::kRepeatedMatch, value->span, text_of(*value));
      continue;
    }
    match.push_back(text_of(*value));
  }
}

void set_strict(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  target.structure->strict = true;
  if (target.structure->keep_unknown) {
    tools.diagnostics.report(diag::kStrictKeepsUnknown, arguments.tree->span, target.name);
  }
}

void set_keep_unknown(const BoundArguments& arguments, AnnotationTarget& target,
                      EffectTools& tools) {
  target.structure->keep_unknown = true;
  if (target.structure->strict) {
    tools.diagnostics.report(diag::kStrictKeepsUnknown, arguments.tree->span, target.name);
  }
}

void leave_example(const BoundArguments&, AnnotationTarget&, EffectTools&) {}

void set_idempotent(const BoundArguments&, AnnotationTarget& target, EffectTools&) {
  target.method->idempotent = true;
}

void set_timeout(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  const ast::Literal& value = *arguments.values[0];
  const std::int64_t nanoseconds = value.as<ast::DurationLiteral>()->nanoseconds;
  if (nanoseconds <= 0) {
    tools.diagnostics.report(diag::kBadTimeout, value.span);
    return;
  }
  target.method->timeout = std::chrono::nanoseconds(nanoseconds);
}

void set_positional(const BoundArguments&, AnnotationTarget& target, EffectTools&) {
  target.interface->positional = true;
}

void set_targets(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  std::array<bool, kLanguages.size()> wanted{};
  for (const ast::Literal* value : arguments.rest) {
    const std::string_view word = value->as<ast::PathLiteral>()->path.parts[0].text;
    std::vector<std::string_view> words = {"published", "typescript"};
    for (const Language language : kLanguages) words.push_back(language_name(language));
    if (std::find(words.begin(), words.end(), word) == words.end()) {
      tools.diagnostics.report(diag::kUnknownTarget, value->span, word)
          .suggest(nearest(word, words))
          .help("targets are cpp, python, js, go, rust and published");
      continue;
    }
    target.interface->target_published |= word == "published";
    for (const Language language : kLanguages) {
      wanted[static_cast<std::size_t>(language)] |=
          word == language_name(language) ||
          (word == "typescript" && language == Language::kTypeScript);
    }
  }
  target.interface->targets.clear();
  for (const Language language : kLanguages) {
    if (wanted[static_cast<std::size_t>(language)]) target.interface->targets.push_back(language);
  }
}

void set_version(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  const ast::Literal& value = *arguments.values[0];
  if (is_version(text_of(value))) {
    target.interface->version = text_of(value);
    return;
  }
  tools.diagnostics.report(diag::kBadVersion, value.span, text_of(value))
      .help("write three numbers, as in \"1.2.0\"");
}

void set_worker(const BoundArguments& arguments, AnnotationTarget& target, EffectTools& tools) {
  WorkerBinding binding;
  const auto [service, name_space] = std::pair(arguments.values[0], arguments.values[1]);
  if (service != nullptr && check_filled(*service, arguments, tools)) {
    binding.service = text_of(*service);
  }
  if (name_space != nullptr && check_filled(*name_space, arguments, tools)) {
    binding.namespace_name = text_of(*name_space);
  }
  target.interface->worker = binding;
}

}  // namespace mfidl::effects
