// How a benchmark program gives up: a wrong answer or a refused system call ends the measurement.
#pragma once

#include <string_view>

namespace bench {

/// Prints `text` and the system's last error, and ends the process.
[[noreturn]] void fail(std::string_view text);

/// `fail` unless `holds`; for results that must be right or nothing here means anything.
inline void require(bool holds, std::string_view text) {
  if (!holds) fail(text);
}

}  // namespace bench
