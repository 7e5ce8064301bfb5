// String literals: "…" on one line; escapes \" \\ \n \r \t \u{1F600} and no others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mfidl/diagnostics.h"

namespace mfidl {

struct StringResult {
  std::string value;       // unescaped; what could be understood when something was wrong
  std::size_t length = 0;  // bytes of the literal in the text, quotes included
};

// `text` starts with the opening quote, which stands at offset `place`. Reports what is wrong. A
// string that is not closed ends before the line's end.
StringResult parse_string(std::string_view text, uint32_t place, Diagnostics& diagnostics);

}  // namespace mfidl
