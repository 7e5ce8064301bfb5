#include "multifrost/equal.h"

namespace multifrost {

bool equal(const std::string& left, const std::string& right) noexcept { return left == right; }

bool equal(const std::vector<bool>& left, const std::vector<bool>& right) noexcept {
  return left == right;
}

template bool equal(const std::vector<double>&, const std::vector<double>&);
template bool equal(const std::vector<std::int32_t>&, const std::vector<std::int32_t>&);
template bool equal(const std::vector<std::int64_t>&, const std::vector<std::int64_t>&);
template bool equal(const std::vector<std::string>&, const std::vector<std::string>&);

}  // namespace multifrost
