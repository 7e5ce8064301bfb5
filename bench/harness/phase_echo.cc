// Large payloads there and back.
#include <algorithm>
#include <chrono>
#include <vector>

#include "harness/phases.h"
#include "harness/report.h"

namespace bench {

void echo(Peer& peer, const std::string& name, std::size_t size, int rounds) {
  const std::string payload = make_payload(size);
  EchoCheck check(payload);
  Caller& caller = peer.caller();
  caller.echo(payload, check);
  check.sample_only();
  caller.echo(payload, check);

  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    caller.echo(payload, check);
    times.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  report(name + "_mbs", static_cast<double>(size) / 1e6 / times[times.size() / 2]);
}

}  // namespace bench
