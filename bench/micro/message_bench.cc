// What the Multifrost v3 envelope of one small call costs: writing and reading its call, its
// response.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string_view>

#include "multifrost/codec.h"
#include "protocol/protocol.h"

namespace multifrost::protocol {
namespace {

constexpr std::string_view kId = "e6506280-a11c-425d-a584-e4f0e872d405";

void write_call(Encoder& to, std::int64_t a, std::int64_t b) {
  const CallHead head{.id = kId,
                      .function = "add",
                      .name_space = "bench.calls.Bench",
                      .arguments = 2,
                      .deadline_ms = 30'000};
  multifrost_v3().begin_call(to, head);
  codec::I64::write(to, a);
  codec::I64::write(to, b);
  multifrost_v3().end_call(to);
}

void write_response(Encoder& to, std::int64_t sum) {
  multifrost_v3().begin_response(to, kId, {});
  codec::I64::write(to, sum);
  multifrost_v3().end_response(to);
}

void write_call(benchmark::State& state) {
  Encoder to;
  std::int64_t number = 1'000'003;
  for (auto _ : state) {
    to.buffer().clear();
    write_call(to, number, number * 7919);
    benchmark::DoNotOptimize(to.buffer().data());
    ++number;
  }
  state.counters["bytes"] = static_cast<double>(to.buffer().size());
}
BENCHMARK(write_call);

void write_response(benchmark::State& state) {
  Encoder to;
  std::int64_t number = 7'919'000'000;
  for (auto _ : state) {
    to.buffer().clear();
    write_response(to, number++);
    benchmark::DoNotOptimize(to.buffer().data());
  }
  state.counters["bytes"] = static_cast<double>(to.buffer().size());
}
BENCHMARK(write_response);

void read(benchmark::State& state, Encoder& written, MessageKind expected) {
  const Bytes frame = share(written.take_buffer());
  Message message;
  for (auto _ : state) {
    if (multifrost_v3().read(frame, message) != Reading::message || message.kind != expected) {
      state.SkipWithError("not read");
    }
    benchmark::DoNotOptimize(message.id);
  }
}

void read_call(benchmark::State& state) {
  Encoder written;
  write_call(written, 1'000'003, 7'919'023'757);
  read(state, written, MessageKind::call);
}
BENCHMARK(read_call);

void read_response(benchmark::State& state) {
  Encoder written;
  write_response(written, 7'920'023'760);
  read(state, written, MessageKind::response);
}
BENCHMARK(read_response);

}  // namespace
}  // namespace multifrost::protocol
