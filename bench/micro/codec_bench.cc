// How long the codec takes for one small call: encoding its envelope and arguments, decoding both.
// The keys and values are those of the wire page; nothing is allocated while it runs.
#include <benchmark/benchmark.h>

#include <string>

#include "multifrost/codec.h"
#include "multifrost/value.h"

namespace multifrost {
namespace {

constexpr std::string_view kId = "e6506280-a11c-425d-a584-e4f0e872d405";

void write_call(Encoder& to) {
  to.begin_map(7);
  to.key("app");
  to.string("comlink_ipc_v3");
  to.key("id");
  to.string(kId);
  to.key("type");
  to.string("call");
  to.key("timestamp");
  to.floating(1795241517.210605);
  to.key("function");
  to.string("add");
  to.key("namespace");
  to.string("default");
  to.key("args");
  to.begin_array(2);
  codec::I64::write(to, 7);
  codec::I64::write(to, 1'000'000);
  to.end_array();
  to.end_map();
}

void encode_call(benchmark::State& state) {
  Encoder to;
  for (auto _ : state) {
    to.buffer().clear();
    write_call(to);
    benchmark::DoNotOptimize(to.buffer().data());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(encode_call);

/// What a reader of envelopes has to do: find out each key, keep views.
bool read_call(Decoder& from, std::int64_t& sum) {
  std::size_t entries;
  if (!from.begin_map(entries)) return false;
  std::string_view app, id, type, function, name_space;
  double timestamp = 0;
  for (; entries != 0; --entries) {
    std::string_view key;
    if (!from.key(key)) return false;
    bool good = true;
    if (key == "app") {
      good = from.string_view(app);
    } else if (key == "id") {
      good = from.string_view(id);
    } else if (key == "type") {
      good = from.string_view(type);
    } else if (key == "timestamp") {
      good = from.floating(timestamp);
    } else if (key == "function") {
      good = from.string_view(function);
    } else if (key == "namespace") {
      good = from.string_view(name_space);
    } else if (key == "args") {
      std::size_t count = 0;
      std::int64_t left = 0;
      std::int64_t right = 0;
      good =
          from.begin_array(count) && codec::I64::read(from, left) && codec::I64::read(from, right);
      from.end_array();
      sum = left + right;
    } else {
      good = from.skip();
    }
    if (!good) return false;
  }
  from.end_map();
  benchmark::DoNotOptimize(id);
  return from.finish() && app == "comlink_ipc_v3";
}

void decode_call(benchmark::State& state) {
  Encoder to;
  write_call(to);
  const Bytes message = share(to.take_buffer());
  std::int64_t sum = 0;
  for (auto _ : state) {
    Decoder from(message);
    if (!read_call(from, sum)) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(decode_call);

void encode_doubles(benchmark::State& state) {
  const std::vector<double> values(static_cast<std::size_t>(state.range(0)), 2.5);
  Encoder to;
  for (auto _ : state) {
    to.buffer().clear();
    codec::List<codec::F64>::write(to, values);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(encode_doubles)->Arg(1000);

void decode_doubles(benchmark::State& state) {
  Encoder to;
  codec::List<codec::F64>::write(
      to, std::vector<double>(static_cast<std::size_t>(state.range(0)), 2.5));
  const Bytes message = share(to.take_buffer());
  std::vector<double> values;
  for (auto _ : state) {
    Decoder from(message);
    if (!codec::List<codec::F64>::read(from, values)) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(values.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(decode_doubles)->Arg(1000);

void decode_mebibyte_without_copy(benchmark::State& state) {
  Encoder to;
  to.bytes(BytesView(std::string(1 << 20, 'x')));
  const Bytes message = share(to.take_buffer());
  for (auto _ : state) {
    Decoder from(message);
    Bytes into;
    if (!from.bytes(into)) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(into.data());
  }
}
BENCHMARK(decode_mebibyte_without_copy);

void value_round_trip(benchmark::State& state) {
  const Value value =
      Value::Map{{"label", "cat"}, {"score", 0.5}, {"box", Value::Array{1, 2, 3, 4}}};
  for (auto _ : state) {
    const Value back = decode_value(*encode(value)).value();
    benchmark::DoNotOptimize(back.size());
  }
}
BENCHMARK(value_round_trip);

}  // namespace
}  // namespace multifrost
