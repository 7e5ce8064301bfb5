// Collects a template's output line by line: indents what partials print, and breaks lines that
// are too long at the places the template allows.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mfgen {

class LineWriter {
 public:
  // Lines longer than this are broken where a break is allowed.
  static constexpr std::size_t kWidth = 100;

  void write(std::string_view text);

  // A space, or a line break if the line gets too long.
  void write_break();

  // Marks where the line may be broken behind an open bracket, if it gets too long.
  void mark_opening();

  // Writes `separator` at the end of the last line, before its line end if it has one already.
  void write_separator(std::string_view separator, bool breaks);

  // What every line that is not empty starts with, from the next line on.
  void push_indent(std::string_view indent) { indent_ += indent; }
  void pop_indent(std::string_view indent) { indent_.resize(indent_.size() - indent.size()); }

  std::string take() &&;

 private:
  void append(std::string_view part_of_line);
  void end_line();
  void break_line();

  std::string done_;    // whole lines, broken where needed
  std::string indent_;  // of the next line
  std::size_t line_start_ = 0;
  std::vector<std::size_t> breaks_;     // offsets into `done_` of this line's breakable spaces
  std::optional<std::size_t> opening_;  // offset into `done_` of the first mark in this line
  bool line_ended_ = false;             // a line end was written, and not yet what follows it
};

}  // namespace mfgen
