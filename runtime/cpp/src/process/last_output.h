// The last lines that a worker wrote: what a person needs to read when it died.
//
// Bounded in lines and bytes. A value of one thread.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace multifrost::process {

class LastOutput {
 public:
  static constexpr std::size_t kLines = 20;
  static constexpr std::size_t kBytes = 4096;

  void add(std::string_view line);
  /// The lines, oldest first, each ended by a newline.
  std::string text() const;

 private:
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;
};

}  // namespace multifrost::process
