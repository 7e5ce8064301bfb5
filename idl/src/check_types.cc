#include "check_types.h"

#include <array>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "check_enums.h"
#include "diagnostic_table.h"
#include "names.h"
#include "type_builder.h"

namespace mfidl {
namespace {

class TypeChecker {
 public:
  explicit TypeChecker(Diagnostics& diagnostics) : diagnostics_(diagnostics), types_(diagnostics) {}

  void check(BoundAlias& alias) { types_.resolve(alias); }

  void check(BoundConstant& constant) {
    const std::optional<Type> type = types_.build(*constant.unit, constant.tree->type);
    if (!type) return;
    constant.checked->type = *type;
    const bool simple = type->kind == Kind::kBool || is_integer(type->kind) ||
                        is_float(type->kind) || type->kind == Kind::kString ||
                        type->kind == Kind::kDuration || type->kind == Kind::kEnum;
    if (simple && !type->nullable) return;
    diagnostics_.report(diag::kBadConstantType, constant.tree->type.span, to_string(*type))
        .help("a constant is a bool, a number, a string, a duration or an enum value");
  }

  void check(BoundStruct& structure) {
    check_members(*structure.unit, structure.tree->members, structure.checked->members);
  }

  void check(BoundError& error) {
    check_members(*error.unit, error.tree->members, error.checked->members);
  }

  void check(BoundUnion& tagged_union) {
    for (std::size_t i = 0; i < tagged_union.tree->members.size(); ++i) {
      const ast::UnionMember& tree = tagged_union.tree->members[i];
      const std::optional<Type> type = types_.build(*tagged_union.unit, tree.type);
      if (!type) continue;
      if (type->kind == Kind::kStruct && !type->nullable) {
        tagged_union.checked->variants[i].structure = type->structure;
        continue;
      }
      diagnostics_.report(diag::kVariantNotStruct, tree.type.span, tree.name.text, to_string(*type))
          .help("wrap the value in a struct: the tag travels inside the struct's map");
    }
  }

  void check(BoundInterface& interface) {
    for (std::size_t i = 0; i < interface.tree->methods.size(); ++i) {
      check_method(*interface.unit, interface.tree->methods[i], interface.checked->methods[i]);
    }
  }

 private:
  void check_members(const Unit& unit, const std::vector<ast::Member>& trees,
                     std::vector<Member>& members) {
    for (std::size_t i = 0; i < trees.size(); ++i) {
      std::optional<Type> type = types_.build(unit, trees[i].type);
      if (!type) continue;
      members[i].type = std::move(*type);
      members[i].form = member_form(trees[i], members[i].type);
    }
  }

  // idl.md, rule 1.
  MemberForm member_form(const ast::Member& tree, const Type& type) {
    check_default_stands_alone(tree, type);
    if (tree.optional && type.nullable) {
      diagnostics_.report(diag::kOptionalNullable, tree.optional_mark, tree.name.text)
          .help("write 'x?: T' to leave the key out when empty, or 'x: T?' to write null");
    }
    if (tree.optional) return MemberForm::kOptional;
    if (tree.default_value) return MemberForm::kDefaulted;
    return type.nullable ? MemberForm::kNullable : MemberForm::kRequired;
  }

  void check_default_stands_alone(const ast::Member& tree, const Type& type) {
    if (!tree.default_value) return;
    if (tree.optional) {
      diagnostics_.report(diag::kOptionalWithDefault, tree.default_value->span, tree.name.text)
          .help("drop the '?' or the default: a value with a default is never empty");
    } else if (type.nullable) {
      diagnostics_.report(diag::kNullableWithDefault, tree.default_value->span, tree.name.text)
          .help("drop the '?' of the type or the default: a value with a default is never empty");
    }
  }

  void check_method(const Unit& unit, const ast::Method& tree, Method& method) {
    ParameterForm latest = ParameterForm::kRequired;
    for (std::size_t i = 0; i < tree.params.size(); ++i) {
      const ast::Member& param = tree.params[i];
      std::optional<Type> type = types_.build(unit, param.type, /*stream_allowed=*/true);
      if (type) method.parameters[i].type = std::move(*type);
      if (param.type.is_stream) {
        check_stream_parameter(param, i + 1 == tree.params.size());
        continue;
      }
      if (type) check_default_stands_alone(param, method.parameters[i].type);
      method.parameters[i].form = param.optional        ? ParameterForm::kOptional
                                  : param.default_value ? ParameterForm::kDefaulted
                                                        : ParameterForm::kRequired;
      check_order(param, method.parameters[i].form, latest);
    }
    if (tree.result) {
      method.result = types_.build(unit, *tree.result, /*stream_allowed=*/true);
      method.stream_result = tree.result->is_stream;
    }
    std::unordered_set<std::string_view> names;
    for (const ast::Path& path : tree.throws) check_throw(unit, path, method, names);
  }

  // idl.md, rule 4. The stream stands among the other parameters until the interfaces are finished.
  void check_stream_parameter(const ast::Member& param, bool is_last) {
    if (!is_last) {
      diagnostics_.report(diag::kStreamNotLast, param.type.stream_keyword, param.name.text)
          .help("a method takes one stream, after all other parameters");
    }
    if (param.optional || param.default_value) {
      diagnostics_.report(diag::kOptionalStream, param.name.span, param.name.text)
          .help("a caller that has nothing to send ends the stream at once");
    }
  }

  // idl.md, rule 2: required, then with default, then optional.
  void check_order(const ast::Member& param, ParameterForm form, ParameterForm& latest) {
    if (form >= latest) {
      latest = form;
      return;
    }
    static constexpr std::array<std::string_view, 3> kWords = {
        "a required parameter", "a parameter with a default", "an optional parameter"};
    diagnostics_
        .report(diag::kParameterOrder, param.name.span, param.name.text,
                kWords[static_cast<std::size_t>(form)], kWords[static_cast<std::size_t>(latest)])
        .help("first the required ones, then those with a default, then the optional ones");
  }

  // One simple name per list: it is the prefix by which an error string is recognised (rule 14).
  void check_throw(const Unit& unit, const ast::Path& path, Method& method,
                   std::unordered_set<std::string_view>& names) {
    const Symbol* symbol = find_symbol(unit, path);
    if (symbol == nullptr) {
      const std::string near = suggestion(unit, path, Wanted::kError, diagnostics_);
      diagnostics_.report(diag::kUnknownError, path.span, path.str()).suggest(near);
      return;
    }
    const auto* error = std::get_if<BoundError*>(symbol);
    if (error == nullptr) {
      diagnostics_.report(diag::kNotAnError, path.span, path.str(), describe(*symbol))
          .note(name_span(*symbol), "declared here");
      return;
    }
    if (!names.insert((*error)->checked->name).second) {
      diagnostics_.report(diag::kDuplicateThrow, path.span, (*error)->checked->name);
      return;
    }
    method.throws.push_back((*error)->checked);
  }

  Diagnostics& diagnostics_;
  TypeBuilder types_;
};

}  // namespace

void check_types(Program& program, Diagnostics& diagnostics) {
  TypeChecker checker(diagnostics);
  for (BoundEnum& one : program.enums) check_enum(one, diagnostics);
  for (BoundAlias& one : program.aliases) checker.check(one);
  for (BoundConstant& one : program.constants) checker.check(one);
  for (BoundStruct& one : program.structs) checker.check(one);
  for (BoundUnion& one : program.unions) checker.check(one);
  for (BoundError& one : program.errors) checker.check(one);
  for (BoundInterface& one : program.interfaces) checker.check(one);
}

}  // namespace mfidl
