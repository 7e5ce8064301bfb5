// "Did you mean …?": the candidate whose spelling is nearest to a word.
#pragma once

#include <span>
#include <string_view>

namespace mfgen {

// Empty when nothing is near: more than a third of the letters would have to change.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace mfgen
