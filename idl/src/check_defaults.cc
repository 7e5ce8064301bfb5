#include "check_defaults.h"

#include <utility>

#include "diagnostic_table.h"
#include "literal.h"

namespace mfidl {
namespace {

class DefaultChecker {
 public:
  DefaultChecker(Evaluator& evaluator, Diagnostics& diagnostics)
      : evaluator_(evaluator), diagnostics_(diagnostics) {}

  // Members and parameters alike.
  template <typename Checked>
  void check_all(const Unit& unit, const std::vector<ast::Member>& trees,
                 std::vector<Checked>& checked) {
    for (std::size_t i = 0; i < trees.size(); ++i) {
      if (!trees[i].default_value) continue;
      checked[i].default_value = evaluate(unit, *trees[i].default_value, checked[i].type);
    }
  }

 private:
  std::optional<Literal> evaluate(const Unit& unit, const ast::Literal& tree, const Type& type) {
    switch (type.kind) {
      case Kind::kBytes:
      case Kind::kTimestamp:
      case Kind::kAny:
      case Kind::kTuple:
      case Kind::kStruct:
      case Kind::kUnion:
      case Kind::kOneOf:
        diagnostics_.report(diag::kNoDefaultForType, tree.span, to_string(type))
            .help("make it optional instead: 'x?: T'");
        return std::nullopt;
      case Kind::kList:
        return empty<ast::ListLiteral>(tree, type, "[]", Literal{LiteralList{}});
      case Kind::kMap:
        return empty<ast::MapLiteral>(tree, type, "{}", Literal{LiteralMap{}});
      default:
        return evaluator_.evaluate(unit, tree, type);
    }
  }

  // The only default of a list is [], of a map {}.
  template <typename Container>
  std::optional<Literal> empty(const ast::Literal& tree, const Type& type,
                               std::string_view spelling, Literal value) {
    const auto* container = tree.as<Container>();
    if (container != nullptr && size(*container) == 0) return value;
    if (container == nullptr) {
      diagnostics_.report(diag::kValueMismatch, tree.span, to_string(type), describe(tree));
    } else {
      diagnostics_.report(diag::kDefaultNotEmpty, tree.span, to_string(type), spelling);
    }
    return std::nullopt;
  }

  static std::size_t size(const ast::ListLiteral& list) { return list.items.size(); }
  static std::size_t size(const ast::MapLiteral& map) { return map.entries.size(); }

  Evaluator& evaluator_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_defaults(Program& program, Evaluator& evaluator, Diagnostics& diagnostics) {
  for (BoundConstant& constant : program.constants) evaluator.resolve(constant);
  DefaultChecker checker(evaluator, diagnostics);
  for (BoundStruct& one : program.structs) {
    checker.check_all(*one.unit, one.tree->members, one.checked->members);
  }
  for (BoundError& one : program.errors) {
    checker.check_all(*one.unit, one.tree->members, one.checked->members);
  }
  for (BoundInterface& one : program.interfaces) {
    for (std::size_t i = 0; i < one.tree->methods.size(); ++i) {
      checker.check_all(*one.unit, one.tree->methods[i].params, one.checked->methods[i].parameters);
    }
  }
}

}  // namespace mfidl
