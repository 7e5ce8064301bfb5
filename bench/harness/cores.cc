#include "harness/cores.h"

#include <sched.h>

#include <cstdlib>

#include "harness/fail.h"

namespace bench {
namespace {

constexpr const char* kVariable = "BENCH_CORE";

void pin_to(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<unsigned>(core), &cores);
  require(::sched_setaffinity(0, sizeof cores, &cores) == 0, "cannot pin to a core");
}

}  // namespace

void place_client(std::string_view pin) {
  ::unsetenv(kVariable);
  if (pin == "free") return;
  require(pin == "same" || pin == "split", "--pin takes free, same or split");
  pin_to(pin == "same" ? 1 : 0);
  ::setenv(kVariable, "1", 1);
}

void place_server() {
  if (const char* core = std::getenv(kVariable)) pin_to(std::atoi(core));
}

}  // namespace bench
