// From a literal as written to a value of the model, checked against the type that it is for.
//
// A bare name is looked for in the expected enum first, then among constants (idl.md, rule 9);
// constants are evaluated when they are first needed. Every type's values can be written here,
// since an @example needs them; that a default may be less is check_defaults' business.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "mfidl/diagnostics.h"
#include "program.h"

namespace mfidl {

// Constants that refer to constants, at most so many in a row.
inline constexpr int kMaxConstantChain = 64;

class Evaluator {
 public:
  explicit Evaluator(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  // Empty when the value does not fit; it has been reported.
  std::optional<Literal> evaluate(const Unit& unit, const ast::Literal& tree, const Type& type);

  bool resolve(BoundConstant& constant);

 private:
  struct ConstantState {
    enum class Progress { kOpen, kFailed, kDone } progress = Progress::kOpen;
    int chain = 1;
  };

  std::optional<Literal> evaluate_path(const Unit& unit, const ast::Literal& tree,
                                       const Type& type);
  std::optional<Literal> evaluate_scalar(const ast::Literal& tree, const Type& type);
  std::optional<Literal> evaluate_list(const Unit& unit, const ast::Literal& tree,
                                       const Type& type);
  std::optional<Literal> evaluate_map(const Unit& unit, const ast::Literal& tree, const Type& type);
  std::optional<Literal> evaluate_struct(const Unit& unit, const ast::Literal& tree,
                                         const Struct& structure, const std::string* tag);
  std::optional<Literal> evaluate_union(const Unit& unit, const ast::Literal& tree,
                                        const Union& tagged_union);
  std::optional<Literal> evaluate_one_of(const Unit& unit, const ast::Literal& tree,
                                         const Type& type);
  std::optional<Literal> use_constant(BoundConstant& constant, const ast::Literal& tree,
                                      const Type& type);
  std::optional<Literal> convert_integer(const Integer& value, const Type& type, SourceSpan span);
  std::optional<Literal> convert_float(double value, const Type& type, SourceSpan span);
  std::optional<Literal> unknown_value(const Unit& unit, const ast::Literal& tree,
                                       const Type& type);
  std::optional<Literal> mismatch(const ast::Literal& tree, const std::string& expected);

  Diagnostics& diagnostics_;
  std::unordered_map<const Constant*, ConstantState> constants_;
  int chain_ = 0;
  int open_ = 0;
};

}  // namespace mfidl
