#include "registry/suggestion.h"

#include <algorithm>
#include <numeric>

namespace multifrost::registry {
namespace {

/// Levenshtein's edit distance, in bytes.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t change = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string closest(std::string_view wanted, const std::vector<std::string>& known) {
  std::string best;
  std::size_t least = std::max<std::size_t>(wanted.size() / 3, 1) + 1;
  for (const std::string& name : known) {
    const std::size_t changes = distance(wanted, name);
    if (changes >= least) continue;
    least = changes;
    best = name;
  }
  return best;
}

}  // namespace multifrost::registry
