// One step of the cut: to the newline, to the limit, or to the end of what has arrived.
#include "process/line_splitter.h"

#include <algorithm>

namespace multifrost::process {

std::optional<std::string_view> LineSplitter::take(std::string_view& bytes) {
  const std::size_t room = max_line_ - partial_.size();
  // One byte more than the line may hold: the newline after a line of exactly the limit is not an
  // empty line.
  const std::string_view window = bytes.substr(0, room + 1);
  const std::size_t newline = window.find('\n');
  const bool ended = newline != std::string_view::npos;
  std::string_view text = bytes.substr(0, ended ? newline : std::min(room, bytes.size()));
  if (!ended && window.size() <= room) {
    partial_.append(text);
    bytes.remove_prefix(text.size());
    return std::nullopt;
  }
  bytes.remove_prefix(text.size() + (ended ? 1 : 0));
  if (!partial_.empty()) {
    partial_.append(text);
    text = partial_;
  }
  if (ended && text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace multifrost::process
