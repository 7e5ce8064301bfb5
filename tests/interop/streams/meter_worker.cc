// The C++ worker of the stream tests.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "meter.mf.h"
#include "multifrost/child_worker.h"

namespace meter = interop::meter;
using multifrost::Bytes;
using multifrost::CallContext;
using multifrost::StreamReader;
using multifrost::StreamWriter;

namespace {

/// Waits for the word that the test writes into the FIFO.
void pass(const std::string& gate) {
  std::ifstream file(gate);
  if (std::string(std::istreambuf_iterator<char>(file), {}) == "die") std::_Exit(7);
}

class Meter final : public meter::MeterWorker {
 public:
  void watch(std::int64_t count, bool fail, StreamWriter<meter::Reading>& results,
             CallContext&) override {
    for (std::int64_t at = 0; at < count; ++at) {
      results.write({.number = at, .value = static_cast<double>(at) / 2});
    }
    if (fail) throw meter::Broken({.after = count}, "as it was told");
  }
  void endless(StreamWriter<std::int64_t>& results, CallContext& context) override {
    written_ = 0;
    while (!context.stop().stop_requested() && results.try_write(written_)) ++written_;
  }
  std::int64_t written(CallContext&) override { return written_; }
  double store(StreamReader<meter::Reading>& readings, CallContext&) override {
    double sum = 0;
    for (const meter::Reading& reading : readings) {
      if (reading.note == "broken") throw meter::Broken({.after = reading.number});
      sum += reading.value;
    }
    return sum;
  }
  void scale(double factor, StreamReader<double>& values, StreamWriter<double>& results,
             CallContext&) override {
    for (const double value : values) results.write(value * factor);
  }
  std::int64_t take(std::int64_t chunks_taken, StreamReader<Bytes>& chunks, CallContext&) override {
    std::int64_t size = 0;
    for (; chunks_taken > 0; --chunks_taken) {
      const auto chunk = chunks.next();
      if (!chunk) break;
      size += static_cast<std::int64_t>(chunk->size());
    }
    return size;
  }
  std::int64_t linger(std::int64_t chunks_read, bool leave, std::string gate,
                      StreamReader<Bytes>& chunks, CallContext&) override {
    std::int64_t read = 0;
    while (read < chunks_read && chunks.next()) ++read;
    if (leave) chunks.cancel();
    pass(gate);
    return read;
  }
  void stall(std::string gate, StreamReader<double>& values, StreamWriter<double>& results,
             CallContext&) override {
    pass(gate);
    for (const double value : values) results.write(value);
  }
  void die(std::int64_t count, StreamWriter<std::int64_t>& results, CallContext&) override {
    for (std::int64_t at = 0; at < count; ++at) results.write(at);
    std::_Exit(7);
  }

 private:
  std::int64_t written_ = 0;
};

}  // namespace

int main() { return meter::serve(Meter()); }
