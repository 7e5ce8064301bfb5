// Breaks one long line of code at given spaces the way formatters do: what follows a break is
// aligned behind the open bracket, or, if that does not fit, moves below it with four spaces.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mfgen {

// `spaces` are offsets of spaces in `line`, ascending; `opening` is the offset behind a bracket
// where the line may be broken, too. One of the two is there. Returns lines joined by line ends; a
// part that has no place to break at may stay longer than `width`.
std::string fill_line(std::string_view line, const std::vector<std::size_t>& spaces,
                      std::optional<std::size_t> opening, std::size_t width);

}  // namespace mfgen
