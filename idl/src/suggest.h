// "Did you mean": the nearest known spelling, for every phase that meets an unknown name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mfidl {

// Edits (insert, delete, replace, swap of neighbours) from one word to the other; a change of case
// counts half. Answers limit + 1 as soon as it is clear that the distance is above `limit`.
// Distances are doubled so that they stay whole: one edit is 2, a change of case 1.
int edit_distance(std::string_view a, std::string_view b, int limit);

// The candidate nearest to `word`, the first of equals; empty when none is near enough (one third
// of the word's length, at least one edit).
std::string nearest(std::string_view word, std::span<const std::string_view> candidates);
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace mfidl
