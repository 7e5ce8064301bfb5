// Matching an annotation's arguments with its row of the table.
#include <algorithm>
#include <array>

#include "annotation_table.h"
#include "diagnostic_table.h"
#include "literal.h"
#include "suggest.h"

namespace mfidl {
namespace {

std::string_view wanted(ArgumentKind kind) {
  switch (kind) {
    case ArgumentKind::kString:
      return "a string";
    case ArgumentKind::kInteger:
      return "an integer";
    case ArgumentKind::kNumber:
      return "a number or a duration";
    case ArgumentKind::kDuration:
      return "a duration";
    case ArgumentKind::kName:
      return "a name";
    case ArgumentKind::kList:
      return "a list";
    case ArgumentKind::kAny:
      break;
  }
  return "a value";
}

// A name may stand for a constant wherever a number may; what it is shows when it is evaluated.
bool fits(const ast::Literal& value, ArgumentKind kind) {
  const bool is_name = value.as<ast::PathLiteral>() != nullptr;
  switch (kind) {
    case ArgumentKind::kString:
      return value.as<ast::StringLiteral>() != nullptr;
    case ArgumentKind::kInteger:
      return value.as<ast::IntLiteral>() != nullptr || is_name;
    case ArgumentKind::kNumber:
      return value.as<ast::IntLiteral>() != nullptr || value.as<ast::FloatLiteral>() != nullptr ||
             value.as<ast::DurationLiteral>() != nullptr || is_name;
    case ArgumentKind::kDuration:
      return value.as<ast::DurationLiteral>() != nullptr;
    case ArgumentKind::kName:
      return is_name && value.as<ast::PathLiteral>()->path.is_simple();
    case ArgumentKind::kList:
      return value.as<ast::ListLiteral>() != nullptr;
    case ArgumentKind::kAny:
      break;
  }
  return true;
}

class Binder {
 public:
  Binder(const AnnotationSpec& spec, const ast::Annotation& tree, BoundArguments& arguments,
         Diagnostics& diagnostics)
      : spec_(spec), arguments_(arguments), diagnostics_(diagnostics) {
    arguments_.tree = &tree;
    arguments_.values.assign(spec.arguments.size(), nullptr);
  }

  bool run() {
    std::size_t position = 0;
    for (const ast::AnnotationArgument& argument : arguments_.tree->arguments) {
      if (!argument.name && spec_.variadic) {
        take_rest(argument.value);
      } else if (const std::size_t index = index_of(argument, position); index != kNone) {
        take(index, argument);
      }
    }
    check_missing();
    return good_;
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::size_t index_of(const ast::AnnotationArgument& argument, std::size_t& position) {
    if (!argument.name) {
      if (position < spec_.arguments.size()) return position++;
      fail(diagnostics_.report(diag::kTooManyArguments, argument.span, spec_.name,
                               spec_.arguments.size()));
      return kNone;
    }
    for (std::size_t i = 0; i < spec_.arguments.size() && !spec_.variadic; ++i) {
      if (spec_.arguments[i].name == argument.name->text) return i;
    }
    std::vector<std::string_view> names;
    for (const ArgumentSpec& one : spec_.arguments) names.push_back(one.name);
    const std::string near = spec_.variadic ? std::string() : nearest(argument.name->text, names);
    fail(diagnostics_
             .report(diag::kUnknownArgument, argument.name->span, spec_.name, argument.name->text)
             .suggest(near));
    return kNone;
  }

  void take(std::size_t index, const ast::AnnotationArgument& argument) {
    const ArgumentSpec& spec = spec_.arguments[index];
    if (arguments_.values[index] != nullptr) {
      fail(diagnostics_.report(diag::kRepeatedArgument, argument.span, spec.name, spec_.name));
      return;
    }
    arguments_.values[index] = &argument.value;
    check_kind(spec, argument.value);
  }

  void take_rest(const ast::Literal& value) {
    arguments_.rest.push_back(&value);
    check_kind(spec_.arguments[0], value);
  }

  void check_kind(const ArgumentSpec& spec, const ast::Literal& value) {
    if (fits(value, spec.kind)) return;
    Diagnostic& finding = diagnostics_.report(diag::kArgumentType, value.span, spec_.name,
                                              wanted(spec.kind), describe(value));
    if (spec.kind == ArgumentKind::kDuration && value.as<ast::IntLiteral>() != nullptr) {
      finding.help("write a unit, as in '5s' or '250ms'");
    }
    good_ = false;
  }

  void check_missing() {
    if (!good_) return;
    if (spec_.variadic && arguments_.rest.empty()) {
      fail(diagnostics_.report(diag::kMissingArgument, arguments_.tree->span, spec_.name,
                               spec_.arguments[0].name));
    }
    for (std::size_t i = 0; i < spec_.arguments.size() && !spec_.variadic; ++i) {
      if (arguments_.values[i] != nullptr || !spec_.arguments[i].required) continue;
      fail(diagnostics_.report(diag::kMissingArgument, arguments_.tree->span, spec_.name,
                               spec_.arguments[i].name));
    }
  }

  void fail(Diagnostic&) { good_ = false; }

  const AnnotationSpec& spec_;
  BoundArguments& arguments_;
  Diagnostics& diagnostics_;
  bool good_ = true;
};

}  // namespace

bool bind_arguments(const AnnotationSpec& spec, const ast::Annotation& tree,
                    BoundArguments& arguments, Diagnostics& diagnostics) {
  return Binder(spec, tree, arguments, diagnostics).run();
}

}  // namespace mfidl
