#include "check_examples.h"

#include <algorithm>
#include <utility>

#include "annotation_table.h"
#include "diagnostic_table.h"

namespace mfidl {
namespace {

bool is_null(const ast::Literal& tree) {
  const auto* path = tree.as<ast::PathLiteral>();
  return path != nullptr && path->path.str() == "null";
}

class ExampleChecker {
 public:
  ExampleChecker(Evaluator& evaluator, Diagnostics& diagnostics)
      : evaluator_(evaluator), diagnostics_(diagnostics) {}

  void check(const Unit& unit, const ast::Method& tree, Method& method) {
    for (const ast::Annotation& annotation : tree.annotations) {
      if (annotation.name.str() != "example") continue;
      BoundArguments arguments;
      // Errors in it were reported by check_annotations, and kept this phase from running.
      if (!bind_arguments(*find_annotation("example"), annotation, arguments, diagnostics_))
        continue;
      Example example;
      if (check_arguments(unit, *arguments.values[0], tree, method, example) &&
          check_result(unit, arguments.values[1], method, example)) {
        method.examples.push_back(std::move(example));
      }
    }
  }

 private:
  bool check_arguments(const Unit& unit, const ast::Literal& list, const ast::Method& tree,
                       const Method& method, Example& example) {
    const std::vector<ast::Literal>& given = list.as<ast::ListLiteral>()->items;
    // A stream is no argument; it stands last.
    const bool streams = !tree.params.empty() && tree.params.back().type.is_stream;
    const std::size_t most = method.parameters.size() - (streams ? 1 : 0);
    const auto needed = static_cast<std::size_t>(std::count_if(
        method.parameters.begin(), method.parameters.begin() + static_cast<std::ptrdiff_t>(most),
        [](const Parameter& p) { return p.form == ParameterForm::kRequired; }));
    if (given.size() < needed || given.size() > most) {
      diagnostics_.report(diag::kExampleArguments, list.span, given.size(), method.name,
                          needed == most ? std::to_string(most)
                                         : std::to_string(needed) + " to " + std::to_string(most));
      return false;
    }
    for (std::size_t i = 0; i < given.size(); ++i) {
      auto value = evaluator_.evaluate(unit, given[i], method.parameters[i].type);
      if (!value) return false;
      example.arguments.push_back(std::move(*value));
    }
    return true;
  }

  bool check_result(const Unit& unit, const ast::Literal* result, const Method& method,
                    Example& example) {
    if (result == nullptr || (!method.result && is_null(*result))) return true;
    if (!method.result) {
      diagnostics_.report(diag::kExampleWithoutResult, result->span, method.name);
      return false;
    }
    example.result = evaluator_.evaluate(unit, *result, *method.result);
    return example.result.has_value();
  }

  Evaluator& evaluator_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_examples(Program& program, Evaluator& evaluator, Diagnostics& diagnostics) {
  ExampleChecker checker(evaluator, diagnostics);
  for (BoundInterface& one : program.interfaces) {
    for (std::size_t i = 0; i < one.tree->methods.size(); ++i) {
      checker.check(*one.unit, one.tree->methods[i], one.checked->methods[i]);
    }
  }
}

}  // namespace mfidl
