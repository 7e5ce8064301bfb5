// First pass over a template: cuts the source into text and tags, and applies the one whitespace
// rule: a line that holds nothing but tags that print nothing themselves disappears as a whole.
#pragma once

#include <string_view>
#include <vector>

#include "outcome.h"
#include "template/ast.h"

namespace mfgen {

struct Piece {
  enum class Kind { kText, kTag, kPartial };
  Kind kind = Kind::kText;
  std::string_view text;    // of a tag: what stands between {{ and }}
  std::string_view indent;  // of a partial that stands alone on its line: the white space before it
  Place place;              // of the text's first character
  bool alone = false;       // its line disappeared
};

// Comments are gone from the result. `origin` names the file in messages.
Outcome<std::vector<Piece>> cut_into_pieces(std::string_view source, std::string_view origin);

// "origin:line:column: error: message"
std::string template_error(std::string_view origin, Place place, std::string_view message);

}  // namespace mfgen
