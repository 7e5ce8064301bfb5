#include "check_limits.h"

#include <algorithm>

#include "diagnostic_table.h"

namespace mfidl {
namespace {

// Both hold the same alternative: Integer, double or nanoseconds.
bool less(const Literal& a, const Literal& b) {
  if (const auto* integer = std::get_if<Integer>(&a.value)) {
    return *integer < std::get<Integer>(b.value);
  }
  if (const auto* number = std::get_if<double>(&a.value))
    return *number < std::get<double>(b.value);
  if (const auto* duration = std::get_if<std::chrono::nanoseconds>(&a.value)) {
    return *duration < std::get<std::chrono::nanoseconds>(b.value);
  }
  return false;
}

bool contradicts(const Type& type) {
  if (type.min && type.max && less(*type.max, *type.min)) return true;
  if (type.min_size && type.max_size && *type.max_size < *type.min_size) return true;
  return std::any_of(type.arguments.begin(), type.arguments.end(), contradicts);
}

}  // namespace

void check_limits(const Type& type, const std::vector<ast::Annotation>& annotations,
                  Diagnostics& diagnostics) {
  if (!contradicts(type)) return;
  SourceSpan span;
  for (const ast::Annotation& annotation : annotations) {
    const std::string name = annotation.name.str();
    if (name == "min" || name == "max" || name == "size") span = annotation.span;
  }
  diagnostics.report(diag::kEmptyRange, span);
}

void check_default_in_limits(const Type& type, const Literal& value, SourceSpan span,
                             Diagnostics& diagnostics) {
  bool outside = (type.min && less(value, *type.min)) || (type.max && less(*type.max, value));
  std::uint64_t size = 0;  // the only default of a list or a map is the empty one
  if (const auto* text = std::get_if<std::string>(&value.value)) size = text->size();
  outside |= type.min_size && size < *type.min_size;
  outside |= type.max_size && size > *type.max_size;
  if (outside) diagnostics.report(diag::kDefaultOutsideLimits, span);
}

}  // namespace mfidl
