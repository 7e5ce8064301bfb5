#include "check_unions.h"

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

#include "diagnostic_table.h"

namespace mfidl {
namespace {

enum class WireKind { kBool, kNumber, kString, kBytes, kArray, kMap, kExt };
constexpr std::array<std::string_view, 7> kWireKindNames = {"bool",  "number", "string", "bytes",
                                                            "array", "map",    "ext"};

// JavaScript sends 3.0 as 3, so integers and floats are one kind. Not for `any`.
WireKind wire_kind(const Type& type) {
  switch (type.kind) {
    case Kind::kBool:
      return WireKind::kBool;
    case Kind::kString:
      return WireKind::kString;
    case Kind::kBytes:
      return WireKind::kBytes;
    case Kind::kList:
    case Kind::kTuple:
      return WireKind::kArray;
    case Kind::kMap:
    case Kind::kStruct:
    case Kind::kUnion:
      return WireKind::kMap;
    case Kind::kEnum:
      return type.enumeration->base ? WireKind::kNumber : WireKind::kString;
    case Kind::kTimestamp:
      return type.encoding == Encoding::kExt ? WireKind::kExt : WireKind::kNumber;
    default:
      return WireKind::kNumber;
  }
}

class UnionChecker {
 public:
  explicit UnionChecker(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  // Every inline union in `type`; findings stand at `span`, where the type was written. An alias
  // has been looked at where it was declared; @encoding, which came later, can only make kinds
  // differ more.
  void check(const Type& type, SourceSpan span) {
    if (type.alias != nullptr) return;
    for (const Type& argument : type.arguments) check(argument, span);
    if (type.kind != Kind::kOneOf) return;
    std::array<const Type*, kWireKindNames.size()> first{};
    for (const Type& member : type.arguments) {
      if (member.kind == Kind::kAny) {
        diagnostics_.report(diag::kAnyInUnion, span, to_string(type))
            .help("'any' alone takes every value");
        return;
      }
      const auto kind = static_cast<std::size_t>(wire_kind(member));
      if (first[kind] != nullptr) {
        report_overlap(*first[kind], member, kWireKindNames[kind], span);
        return;
      }
      first[kind] = &member;
    }
  }

  void check(BoundUnion& bound) {
    const ast::UnionDecl& tree = *bound.tree;
    if (tree.members.empty()) {
      diagnostics_.report(diag::kEmptyUnion, tree.name.span, tree.name.text);
    }
    if (tree.tag.value.empty()) diagnostics_.report(diag::kEmptyTag, tree.tag.span);
    std::unordered_map<std::string, SourceSpan> values;
    std::unordered_map<const Struct*, SourceSpan> structs;
    for (std::size_t i = 0; i < tree.members.size(); ++i) {
      const ast::UnionMember& member = tree.members[i];
      Variant& variant = bound.checked->variants[i];
      variant.tag_value = member.tag_value ? member.tag_value->value : variant.name;
      const auto [same_value, value_is_new] = values.emplace(variant.tag_value, member.name.span);
      if (!value_is_new) {
        diagnostics_
            .report(diag::kDuplicateTagValue,
                    member.tag_value ? member.tag_value->span : member.name.span, variant.tag_value)
            .note(same_value->second, "used here first");
      }
      const auto [same_struct, struct_is_new] =
          structs.emplace(variant.structure, member.type.span);
      if (!struct_is_new) {
        diagnostics_.report(diag::kRepeatedVariant, member.type.span, variant.structure->name)
            .note(same_struct->second, "used here first")
            .help(
                "two variants of one type could not be told apart in C++; declare a second struct");
      }
      check_tag(bound, *variant.structure, member.type.span);
    }
  }

 private:
  void report_overlap(const Type& first, const Type& second, std::string_view kind,
                      SourceSpan span) {
    Diagnostic& finding =
        diagnostics_.report(diag::kUnionOverlap, span, to_string(first), to_string(second), kind);
    if (kind == "map") finding.help("declare a tagged union: union U tag \"kind\" { … }");
  }

  void check_tag(const BoundUnion& bound, const Struct& structure, SourceSpan span) {
    for (const Member& member : structure.members) {
      if (member.wire != bound.checked->tag) continue;
      diagnostics_.report(diag::kTagIsMember, span, bound.checked->tag, structure.name)
          .note(member.place.span, "this member has the tag's key")
          .help("choose another tag, or give the member another key with @wire");
    }
  }

  Diagnostics& diagnostics_;
};

void check_members(const std::vector<ast::Member>& trees, const std::vector<Member>& members,
                   UnionChecker& checker) {
  for (std::size_t i = 0; i < trees.size(); ++i) checker.check(members[i].type, trees[i].type.span);
}

}  // namespace

void check_unions(Program& program, Diagnostics& diagnostics) {
  UnionChecker checker(diagnostics);
  for (BoundAlias& one : program.aliases) checker.check(one.checked->type, one.tree->type.span);
  for (BoundStruct& one : program.structs) {
    check_members(one.tree->members, one.checked->members, checker);
  }
  for (BoundError& one : program.errors) {
    check_members(one.tree->members, one.checked->members, checker);
  }
  for (BoundUnion& one : program.unions) checker.check(one);
  for (BoundInterface& one : program.interfaces) {
    for (std::size_t i = 0; i < one.tree->methods.size(); ++i) {
      const ast::Method& tree = one.tree->methods[i];
      const Method& method = one.checked->methods[i];
      for (std::size_t k = 0; k < tree.params.size(); ++k) {
        checker.check(method.parameters[k].type, tree.params[k].type.span);
      }
      if (method.result) checker.check(*method.result, tree.result->span);
    }
  }
}

}  // namespace mfidl
