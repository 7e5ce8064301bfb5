// Keeps the newest lines within both bounds.
#include "process/last_output.h"

namespace multifrost::process {

void LastOutput::add(std::string_view line) {
  if (line.size() > kBytes) line.remove_prefix(line.size() - kBytes);
  lines_.emplace_back(line);
  bytes_ += line.size();
  while (lines_.size() > kLines || bytes_ > kBytes) {
    bytes_ -= lines_.front().size();
    lines_.pop_front();
  }
}

std::string LastOutput::text() const {
  std::string all;
  all.reserve(bytes_ + lines_.size());
  for (const std::string& line : lines_) {
    all += line;
    all += '\n';
  }
  return all;
}

}  // namespace multifrost::process
