// Lines on their way from the thread that reads a worker's pipes to the executor that shows them.
//
// Bounded: output is best-effort (spec 8.1, 12.3), and a worker that floods, or a sink that is
// slow, must neither fill the memory nor stop the reading. What does not fit is counted, and the
// count is handed over with the next lines.
//
// Thread rule: any thread may push, any may take. Nothing blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace multifrost::process {

class OutputQueue {
 public:
  static constexpr std::size_t kMaxBytes = 1024 * 1024;
  static constexpr std::size_t kMaxLines = 8 * 1024;

  struct Line {
    bool is_error;  ///< from stderr
    std::string text;
  };
  struct Batch {
    std::vector<Line> lines;
    std::uint64_t dropped = 0;  ///< lines lost after these
  };

  /// True when the queue was empty before: the caller then posts one task that takes.
  bool push(bool is_error, std::string_view text);
  /// Everything that waits.
  Batch take();
  /// All lines lost so far.
  std::uint64_t dropped() const;

 private:
  mutable std::mutex mutex_;
  Batch waiting_;
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace multifrost::process
