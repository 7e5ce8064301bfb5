#include "check_annotations.h"

#include <algorithm>

#include "annotation_table.h"
#include "check_limits.h"
#include "diagnostic_table.h"
#include "literal.h"
#include "suggest.h"

namespace mfidl {
namespace {

bool is_tool_annotation(const ast::Path& name) {
  return name.parts.size() >= 3 && name.parts[0].text == "x";
}

class AnnotationChecker {
 public:
  AnnotationChecker(Evaluator& evaluator, Diagnostics& diagnostics)
      : tools_{evaluator, diagnostics}, diagnostics_(diagnostics) {}

  void check_package(Unit& unit) {
    AnnotationTarget target{.site = Site::kPackage, .unit = &unit, .name = unit.file->package};
    apply(unit.tree.annotations, target, unit.file->tools);
  }

  void check(BoundConstant& one) {
    check_named(Site::kConstant, *one.unit, *one.tree, *one.checked);
  }
  void check(BoundAlias& one) { check_named(Site::kAlias, *one.unit, *one.tree, *one.checked); }

  void check(BoundEnum& one) {
    check_named(Site::kEnum, *one.unit, *one.tree, *one.checked);
    for (std::size_t i = 0; i < one.tree->values.size(); ++i) {
      check_named(Site::kEnumValue, *one.unit, one.tree->values[i], one.checked->values[i]);
    }
  }

  void check(BoundStruct& one) {
    AnnotationTarget target = target_of(Site::kStruct, *one.unit, *one.checked);
    target.structure = one.checked;
    apply(one.tree->annotations, target, one.checked->tools);
    check_members(*one.unit, one.tree->members, one.checked->members);
  }

  void check(BoundUnion& one) {
    check_named(Site::kUnion, *one.unit, *one.tree, *one.checked);
    for (std::size_t i = 0; i < one.tree->members.size(); ++i) {
      check_named(Site::kVariant, *one.unit, one.tree->members[i], one.checked->variants[i]);
    }
  }

  void check(BoundError& one) {
    AnnotationTarget target = target_of(Site::kError, *one.unit, *one.checked);
    target.error = one.checked;
    apply(one.tree->annotations, target, one.checked->tools);
    check_members(*one.unit, one.tree->members, one.checked->members);
  }

  void check(BoundInterface& one) {
    one.checked->targets.assign(kLanguages.begin(), kLanguages.end());
    AnnotationTarget target = target_of(Site::kInterface, *one.unit, *one.checked);
    target.interface = one.checked;
    apply(one.tree->annotations, target, one.checked->tools);
    for (std::size_t i = 0; i < one.tree->methods.size(); ++i) {
      check_method(*one.unit, one.tree->methods[i], one.checked->methods[i]);
    }
  }

 private:
  static AnnotationTarget target_of(Site site, const Unit& unit, Named& named) {
    return {.site = site, .unit = &unit, .name = named.name, .named = &named};
  }

  void check_named(Site site, const Unit& unit, const ast::Declared& tree, Named& named) {
    AnnotationTarget target = target_of(site, unit, named);
    apply(tree.annotations, target, named.tools);
  }

  void check_members(const Unit& unit, const std::vector<ast::Member>& trees,
                     std::vector<Member>& members) {
    for (std::size_t i = 0; i < trees.size(); ++i) {
      const bool optional = members[i].form == MemberForm::kOptional;
      check_value(Site::kMember, unit, trees[i], members[i], optional);
    }
  }

  template <typename Checked>
  void check_value(Site site, const Unit& unit, const ast::Member& tree, Checked& checked,
                   bool optional) {
    AnnotationTarget target = target_of(site, unit, checked);
    target.wire = &checked.wire;
    target.value = &checked.type;
    target.optional = optional;
    apply(tree.annotations, target, checked.tools);
    check_limits(checked.type, tree.annotations, diagnostics_);
    if (checked.default_value) {
      check_default_in_limits(checked.type, *checked.default_value, tree.default_value->span,
                              diagnostics_);
    }
  }

  void check_method(const Unit& unit, const ast::Method& tree, Method& method) {
    AnnotationTarget target = target_of(Site::kMethod, unit, method);
    target.wire = &method.wire;
    target.method = &method;
    target.value = method.result ? &*method.result : nullptr;
    apply(tree.annotations, target, method.tools);
    if (method.result) check_limits(*method.result, tree.annotations, diagnostics_);
    for (std::size_t i = 0; i < tree.params.size(); ++i) {
      const bool optional = method.parameters[i].form == ParameterForm::kOptional;
      check_value(Site::kParameter, unit, tree.params[i], method.parameters[i], optional);
    }
  }

  void apply(const std::vector<ast::Annotation>& trees, AnnotationTarget& target,
             std::vector<ToolAnnotation>& foreign) {
    std::vector<const AnnotationSpec*> seen;
    for (const ast::Annotation& tree : trees) {
      if (is_tool_annotation(tree.name)) {
        foreign.push_back(tool_annotation(tree));
        continue;
      }
      const AnnotationSpec* spec = find_annotation(tree.name.str());
      if (spec == nullptr) {
        report_unknown(tree);
      } else if ((spec->sites & static_cast<std::uint32_t>(target.site)) == 0) {
        diagnostics_
            .report(diag::kMisplacedAnnotation, tree.span, spec->name,
                    site_names(static_cast<std::uint32_t>(target.site)))
            .help("it belongs to " + site_names(spec->sites));
      } else if (!spec->repeatable && std::find(seen.begin(), seen.end(), spec) != seen.end()) {
        diagnostics_.report(diag::kRepeatedAnnotation, tree.span, spec->name);
      } else {
        seen.push_back(spec);
        BoundArguments arguments;
        if (bind_arguments(*spec, tree, arguments, diagnostics_)) {
          spec->effect(arguments, target, tools_);
        }
      }
    }
  }

  static ToolAnnotation tool_annotation(const ast::Annotation& tree) {
    ToolAnnotation annotation{.name = tree.name.str(), .arguments = {}};
    for (const ast::AnnotationArgument& argument : tree.arguments) {
      annotation.arguments.push_back(
          {.key = argument.name ? std::string(argument.name->text) : std::string(),
           .value = literal_as_written(argument.value)});
    }
    return annotation;
  }

  void report_unknown(const ast::Annotation& tree) {
    std::vector<std::string_view> names;
    for (const AnnotationSpec& spec : annotation_table()) names.push_back(spec.name);
    const std::string name = tree.name.str();
    const std::string near = nearest(name, names);
    Diagnostic& finding = diagnostics_.report(diag::kUnknownAnnotation, tree.span, name);
    finding.suggest(near.empty() ? near : "@" + near);
    if (tree.name.parts[0].text == "x") {
      finding.help("an annotation for another tool names the tool: @x.tool.name");
    }
  }

  EffectTools tools_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_annotations(Program& program, Evaluator& evaluator, Diagnostics& diagnostics) {
  AnnotationChecker checker(evaluator, diagnostics);
  for (Unit& unit : program.units) checker.check_package(unit);
  for (BoundConstant& one : program.constants) checker.check(one);
  for (BoundAlias& one : program.aliases) checker.check(one);
  for (BoundEnum& one : program.enums) checker.check(one);
  for (BoundStruct& one : program.structs) checker.check(one);
  for (BoundUnion& one : program.unions) checker.check(one);
  for (BoundError& one : program.errors) checker.check(one);
  for (BoundInterface& one : program.interfaces) checker.check(one);
}

}  // namespace mfidl
