#include "harness/report.h"

#include <cstdio>

namespace bench {

void report(std::string_view name, double value) {
  std::printf("%.*s=%.9g\n", static_cast<int>(name.size()), name.data(), value);
  std::fflush(stdout);
}

}  // namespace bench
