// What the standby adds to a call of a worker (R2): the fixed thread marks itself busy and takes
// the reading back.
#include <benchmark/benchmark.h>

#include "engine/worker_read_role.h"

namespace multifrost::engine {
namespace {

void begin_and_end_handler(benchmark::State& state) {
  WorkerReadRole role;
  for (auto _ : state) {
    benchmark::DoNotOptimize(role.begin_handler());
    benchmark::DoNotOptimize(role.end_handler());
  }
}
BENCHMARK(begin_and_end_handler);

}  // namespace
}  // namespace multifrost::engine
