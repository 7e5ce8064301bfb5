// equal(): what == says of two members of a generated struct, out of line.
//
// `left.name == right.name` makes a compiler weigh several dozens of the standard library's
// operator templates and then inline the comparison, for every member of every struct: a tenth of
// the time that a generated source takes to compile. For generated code. Thread rule: functions of
// their arguments alone. Nothing blocks or throws, but for what a == of the user's own does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace multifrost {

/// Numbers, enums and generated types: their own == is found at once.
template <class T>
bool equal(const T& left, const T& right) {
  return left == right;
}

bool equal(const std::string& left, const std::string& right) noexcept;
bool equal(const std::vector<bool>& left, const std::vector<bool>& right) noexcept;

template <class T>
[[gnu::noinline]] bool equal(const std::vector<T>& left, const std::vector<T>& right) {
  if (left.size() != right.size()) return false;
  for (std::size_t at = 0; at < left.size(); ++at) {
    if (!equal(left[at], right[at])) return false;
  }
  return true;
}

// The common ones are compiled into the library.
extern template bool equal(const std::vector<double>&, const std::vector<double>&);
extern template bool equal(const std::vector<std::int32_t>&, const std::vector<std::int32_t>&);
extern template bool equal(const std::vector<std::int64_t>&, const std::vector<std::int64_t>&);
extern template bool equal(const std::vector<std::string>&, const std::vector<std::string>&);

}  // namespace multifrost
