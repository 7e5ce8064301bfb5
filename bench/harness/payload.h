// The bytes of an echo, and the proof that they came back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bench {

/// Bytes that do not repeat.
std::string make_payload(std::size_t size);

/// Compares what came back: all of it when `whole`, else one byte of every page, so that the
/// comparison costs little beside the echo that is timed.
class EchoCheck {
 public:
  explicit EchoCheck(std::string_view sent) noexcept : sent_(sent) {}

  void operator()(std::string_view received) const;
  void sample_only() noexcept { whole_ = false; }

 private:
  std::string_view sent_;
  bool whole_ = true;
};

}  // namespace bench
