#include "table.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace samples {
namespace {

constexpr std::size_t kWidest = 56;

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// How many columns the text takes on a terminal: its code points.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !continues(byte); }));
}

std::string clipped(const std::string& text) {
  if (width(text) <= kWidest) return text;
  std::size_t end = 0;
  for (std::size_t shown = 0; end < text.size(); ++end) {
    if (!continues(text[end]) && ++shown == kWidest) break;
  }
  return text.substr(0, end) + "…";
}

}  // namespace

Table::Table(std::vector<std::string> headings) { add(std::move(headings)); }

void Table::add(std::vector<std::string> row) {
  std::transform(row.begin(), row.end(), row.begin(), clipped);
  rows_.push_back(std::move(row));
}

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], width(row[column]));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line = " ";
    for (std::size_t column = 0; column < row.size(); ++column) {
      line += " " + row[column] + std::string(widths[column] - width(row[column]) + 1, ' ');
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace samples
