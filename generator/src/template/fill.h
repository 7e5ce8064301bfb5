// Breaks one long line of code at given spaces the way formatters do: what follows a break is
// aligned behind the open bracket, or, if that does not fit, moves below it with four spaces.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mfgen {

// `spaces` are offsets of spaces in `line`, ascending. Returns lines joined by line ends; a part
// that has no space to break at may stay longer than `width`.
std::string fill_line(std::string_view line, const std::vector<std::size_t>& spaces,
                      std::size_t width);

}  // namespace mfgen
