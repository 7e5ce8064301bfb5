// Makes a given number of calls and nothing else, so that the difference between two runs under
// callgrind is what the calls cost.
//
//   counted_calls WORKER TRANSPORT PLACE WINDOW COUNT [INTERPRETER]
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench.mf.h"
#include "harness/fail.h"
#include "harness/peer.h"
#include "multifrost/parent_worker.h"
#include "multifrost/runtime.h"

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
  multifrost::RuntimeOptions here;
  if (std::string_view(argv[2]) == "libzmq") here.transport = multifrost::TransportKind::libzmq;
  multifrost::Runtime runtime(here);
  multifrost::SpawnOptions options;
  options.arguments = {argv[2], argv[3]};
  auto worker =
      multifrost::ParentWorker::spawn(argv[1], argc > 6 ? argv[6] : "", options, &runtime);
  worker.start();
  const BenchClient client(worker.channel());
  const auto window = std::strtoull(argv[4], nullptr, 10);
  const auto count = std::strtoull(argv[5], nullptr, 10);
  if (window == 1) {
    call(client, count);
  } else {
    call_in_windows(client, count, window);
  }
  return 0;
}
