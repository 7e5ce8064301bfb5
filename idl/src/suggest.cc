#include "suggest.h"

#include <algorithm>
#include <cstdlib>

namespace mfidl {
namespace {

// No one mistypes a longer word, and the cost is quadratic.
constexpr std::size_t kLongestWord = 100;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int replace_cost(char a, char b) {
  if (a == b) return 0;
  return lower(a) == lower(b) ? 1 : 2;
}

template <typename Candidates>
std::string nearest_of(std::string_view word, const Candidates& candidates) {
  std::string_view best;
  int limit = static_cast<int>(std::max<std::size_t>(1, word.size() / 3)) * 2;
  for (const std::string_view candidate : candidates) {
    const int distance = edit_distance(word, candidate, limit);
    if (distance > limit) continue;
    best = candidate;
    if (distance == 0) break;
    limit = distance - 1;
  }
  return std::string(best);
}

}  // namespace

int edit_distance(std::string_view a, std::string_view b, int limit) {
  if (a.size() > kLongestWord || b.size() > kLongestWord) return limit + 1;
  if (std::abs(static_cast<int>(a.size()) - static_cast<int>(b.size())) * 2 > limit) {
    return limit + 1;
  }
  // Optimal string alignment, three rows: two back (for swaps), one back, this.
  std::vector<int> before(b.size() + 1), previous(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = static_cast<int>(j) * 2;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i) * 2;
    int smallest = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min(
          {previous[j] + 2, row[j - 1] + 2, previous[j - 1] + replace_cost(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 2);
      }
      smallest = std::min(smallest, row[j]);
    }
    if (smallest > limit) return limit + 1;
    std::swap(before, previous);
    std::swap(previous, row);
  }
  return std::min(previous[b.size()], limit + 1);
}

std::string nearest(std::string_view word, std::span<const std::string_view> candidates) {
  return nearest_of(word, candidates);
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  return nearest_of(word, candidates);
}

}  // namespace mfidl
