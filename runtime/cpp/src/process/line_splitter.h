// Cuts a worker's output into lines, however the bytes arrive (spec 8.1).
//
// A line longer than `max_line` is delivered in pieces of that size, so that a flood without
// newline stays bounded. Bytes are passed on as they are; one carriage return before the newline is
// removed. A value of one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace multifrost::process {

class LineSplitter {
 public:
  static constexpr std::size_t kDefaultMaxLine = 64 * 1024;
  explicit LineSplitter(std::size_t max_line = kDefaultMaxLine) noexcept : max_line_(max_line) {}

  /// Calls `line(std::string_view)` for every line that `bytes` completes; the view lives for the
  /// call.
  template <class Line>
  void feed(std::string_view bytes, Line&& line) {
    while (!bytes.empty()) {
      if (const auto complete = take(bytes)) {
        line(*complete);
        partial_.clear();
      }
    }
  }

  /// The last line, when the output ended without a newline.
  template <class Line>
  void finish(Line&& line) {
    if (!partial_.empty()) line(std::string_view(partial_));
    partial_.clear();
  }

 private:
  /// Consumes from `bytes` up to the end of a line, or all of it.
  std::optional<std::string_view> take(std::string_view& bytes);

  std::size_t max_line_;
  std::string partial_;
};

}  // namespace multifrost::process
