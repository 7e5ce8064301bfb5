#include "template/fill.h"

#include <utility>

namespace mfgen {

namespace {

constexpr std::size_t kContinuation = 4;

// The offset behind the innermost bracket that is open at the end of `text`.
std::optional<std::size_t> behind_open_bracket(std::string_view text) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '(' || c == '[' || c == '{') {
      open.push_back(i + 1);
    } else if ((c == ')' || c == ']' || c == '}') && !open.empty()) {
      open.pop_back();
    }
  }
  return open.empty() ? std::nullopt : std::optional(open.back());
}

struct Layout {
  std::string text;
  std::size_t lines = 1;
  std::size_t overflow = 0;  // characters beyond the width, all lines together
};

// Puts the parts between the spaces one behind the other, a new line of `indent` when one does not
// fit. The first line starts with `head`.
Layout lay_out(std::string_view head, std::string_view rest, std::vector<std::size_t> spaces,
               std::size_t indent, std::size_t width, bool break_after_head) {
  Layout result;
  result.text = head;
  std::size_t column = head.size();
  const auto new_line = [&] {
    result.text.append(1, '\n').append(indent, ' ');
    column = indent;
    ++result.lines;
  };
  if (break_after_head) {
    new_line();
  }
  spaces.push_back(rest.size());
  std::size_t from = 0;
  for (const std::size_t to : spaces) {
    const std::string_view part = rest.substr(from, to - from);
    if (from > 0) {
      if (column + 1 + part.size() > width) {
        new_line();
      } else {
        result.text += ' ';
        ++column;
      }
    }
    result.text += part;
    column += part.size();
    result.overflow += column > width ? column - width : 0;
    from = to + 1;
  }
  return result;
}

}  // namespace

std::string fill_line(std::string_view line, const std::vector<std::size_t>& spaces,
                      std::optional<std::size_t> opening, std::size_t width) {
  const std::size_t below = line.find_first_not_of(' ') + kContinuation;
  if (!opening) {
    opening = behind_open_bracket(line.substr(0, spaces.front()));
  }
  if (!opening) {
    return lay_out({}, line, spaces, below, width, false).text;
  }
  // Spaces in front of the bracket stay as they are.
  std::vector<std::size_t> behind;
  for (const std::size_t space : spaces) {
    if (space > *opening) {
      behind.push_back(space - *opening);
    }
  }
  const std::string_view head = line.substr(0, *opening);
  const std::string_view rest = line.substr(*opening);
  Layout aligned = lay_out(head, rest, behind, head.size(), width, false);
  Layout moved = lay_out(head, rest, behind, below, width, true);
  const bool move = moved.overflow < aligned.overflow ||
                    (moved.overflow == aligned.overflow && moved.lines < aligned.lines);
  return move ? std::move(moved.text) : std::move(aligned.text);
}

}  // namespace mfgen
