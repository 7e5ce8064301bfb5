// Sends every value back as it came: the C++ twin of echo_worker.py. ECHO_SERVICE is its service
// id, when no parent starts it.
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "echo.mf.h"
#include "multifrost/child_worker.h"

namespace echo = interop::echo;
using multifrost::CallContext;

namespace {

class Echo final : public echo::EchoWorker {
 public:
  bool boolean(bool value, CallContext&) override { return value; }
  std::int8_t int8(std::int8_t value, CallContext&) override { return value; }
  std::int16_t int16(std::int16_t value, CallContext&) override { return value; }
  std::int32_t int32(std::int32_t value, CallContext&) override { return value; }
  std::int64_t int64(std::int64_t value, CallContext&) override { return value; }
  std::uint8_t uint8(std::uint8_t value, CallContext&) override { return value; }
  std::uint16_t uint16(std::uint16_t value, CallContext&) override { return value; }
  std::uint32_t uint32(std::uint32_t value, CallContext&) override { return value; }
  std::uint64_t uint64(std::uint64_t value, CallContext&) override { return value; }
  std::int64_t safe(std::int64_t value, CallContext&) override { return value; }
  float single(float value, CallContext&) override { return value; }
  double number(double value, CallContext&) override { return value; }
  std::string text(std::string value, CallContext&) override { return value; }
  multifrost::Bytes raw(multifrost::Bytes value, CallContext&) override { return value; }
  multifrost::Value extra(multifrost::Value value, CallContext&) override { return value; }
  std::chrono::sys_time<std::chrono::microseconds> at(
      std::chrono::sys_time<std::chrono::microseconds> value, CallContext&) override {
    return value;
  }
  std::chrono::microseconds span(std::chrono::microseconds value, CallContext&) override {
    return value;
  }
  std::optional<double> maybe(std::optional<double> value, CallContext&) override { return value; }
  double noisy(std::optional<double> value, CallContext&) override {
    return value.value_or(std::numeric_limits<double>::quiet_NaN());
  }
  echo::Everything everything(echo::Everything value, CallContext&) override { return value; }
  std::vector<echo::Shape> shapes(std::vector<echo::Shape> value, CallContext&) override {
    return value;
  }
  echo::Part part(echo::Part value, CallContext&) override { return value; }
  echo::Exact exact(echo::Exact value, CallContext&) override { return value; }
  echo::Loose loose(echo::Loose value, CallContext&) override { return value; }
  std::optional<std::variant<std::string, std::int64_t>> key(
      std::optional<std::variant<std::string, std::int64_t>> value, CallContext&) override {
    return value;
  }
  void nothing(CallContext&) override {}
  std::vector<std::optional<std::int32_t>> defaults(std::int32_t first, std::int32_t second,
                                                    std::optional<std::int32_t> third,
                                                    std::optional<std::int32_t> fourth,
                                                    CallContext&) override {
    return {first, second, third, fourth};
  }
  double share(double value, CallContext&) override { return value; }
  std::vector<std::string> trace(CallContext& context) override {
    return {std::string(context.traceparent()), std::string(context.tracestate())};
  }
  std::int32_t fail(std::string how, CallContext&) override {
    if (how == "NotFound") {
      throw echo::NotFound({.id = "x-1", .hint = "look elsewhere"}, "no such thing");
    }
    if (how == "Busy") throw echo::Busy("later");
    throw std::invalid_argument("not in the list");
  }
};

class Second final : public echo::SecondWorker {
 public:
  std::string name(CallContext&) override { return "second"; }
};

}  // namespace

int main() {
  Echo first;
  Second second;
  const char* const service_id = std::getenv("ECHO_SERVICE");
  multifrost::ChildWorker worker(service_id != nullptr ? service_id : "");
  worker.serve(first);
  worker.serve(second);
  return worker.run();
}
