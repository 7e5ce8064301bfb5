#include "harness/fail.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace bench {

void fail(std::string_view text) {
  std::fprintf(stderr, "bench: %.*s (last system error: %s)\n", static_cast<int>(text.size()),
               text.data(), std::strerror(errno));
  ::_exit(3);
}

}  // namespace bench
