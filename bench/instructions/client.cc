// Makes a given number of calls and nothing else, so that the difference between two runs under
// callgrind is what the calls cost.
//
//   counted_calls WORKER TRANSPORT PLACE WINDOW COUNT [INTERPRETER]
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "bench.mf.h"
#include "harness/fail.h"
#include "harness/peer.h"
#include "multifrost/parent_worker.h"

namespace {

using bench::calls::BenchClient;

void call(const BenchClient& client, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const bench::Sum sum(i);
    bench::require(client.add(sum.a, sum.b) == sum.answer(), "a sum was wrong");
  }
}

/// Full windows, one after another: who gets how far meanwhile must not matter.
void call_in_windows(const BenchClient& client, std::uint64_t count, std::uint64_t window) {
  std::vector<multifrost::Pending<std::int64_t>> in_flight;
  for (std::uint64_t first = 0; first < count; first += window) {
    in_flight.clear();
    for (std::uint64_t i = first; i < first + window; ++i) {
      const bench::Sum sum(i);
      in_flight.push_back(client.async().add(sum.a, sum.b));
    }
    for (std::uint64_t i = 0; i < window; ++i) {
      bench::require(in_flight[i].get() == bench::Sum(first + i).answer(), "a sum was wrong");
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  bench::require(argc >= 6,
                 "usage: counted_calls WORKER TRANSPORT PLACE WINDOW COUNT [INTERPRETER]");
  multifrost::SpawnOptions options;
  options.arguments = {argv[2], argv[3]};
  const auto client = BenchClient::spawn(argv[1], argc > 6 ? argv[6] : "", options);
  const auto window = std::strtoull(argv[4], nullptr, 10);
  const auto count = std::strtoull(argv[5], nullptr, 10);
  if (window == 1) {
    call(client, count);
  } else {
    call_in_windows(client, count, window);
  }
  return 0;
}
