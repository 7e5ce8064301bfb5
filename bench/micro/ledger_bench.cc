// What the ledger adds to a call: an id, opening, sending, finding and ending it, alone or with
// others in flight.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <deque>

#include "engine/call_id.h"
#include "engine/call_ledger.h"

namespace multifrost::engine {
namespace {

constexpr std::uint64_t kEpoch = 1;
constexpr CallIdGenerator::Seed kSeed = {1, 2, 3, 4};

void make_id_as_text(benchmark::State& state) {
  CallIdGenerator ids(kSeed);
  for (auto _ : state) benchmark::DoNotOptimize(ids.next().text());
}
BENCHMARK(make_id_as_text);

void parse_id(benchmark::State& state) {
  const CallId::Text text = CallIdGenerator(kSeed).next().text();
  for (auto _ : state) {
    benchmark::DoNotOptimize(CallId::parse({text.data(), text.size()}));
  }
}
BENCHMARK(parse_id);

/// One call from its opening to its answer, while `range` others are in flight; the oldest ends.
void open_to_answer(benchmark::State& state) {
  const auto others = static_cast<std::size_t>(state.range(0));
  CallIdGenerator ids(kSeed);
  CallLedger ledger;
  std::deque<CallLedger::Entry> entries(others + 1);
  const auto open = [&](CallLedger::Entry& entry) {
    entry.id = ids.next();
    ledger.open(entry);
    ledger.sent(entry, kEpoch);
  };
  for (std::size_t i = 0; i < others; ++i) open(entries[i]);
  std::size_t newest = others;
  for (auto _ : state) {
    open(entries[newest]);
    newest = (newest + 1) % entries.size();
    CallLedger::Entry* const oldest = ledger.find(entries[newest].id, kEpoch);
    Verdict verdict{};
    if (oldest == nullptr || !ledger.end(*oldest, Ending::answer, verdict)) {
      state.SkipWithError("the call was not there");
      break;
    }
    benchmark::DoNotOptimize(verdict);
  }
}
BENCHMARK(open_to_answer)->Arg(0)->Arg(100)->Arg(1000);

}  // namespace
}  // namespace multifrost::engine
