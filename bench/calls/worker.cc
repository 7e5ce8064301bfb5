// The worker that is measured: three methods, on the class that mfgen wrote from bench.mfidl.
//
//   calls_worker [direct|libzmq] [unix|tcp] [SERVICE REGISTRY]
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <thread>

#include "bench.mf.h"
#include "harness/cores.h"
#include "harness/server_process.h"
#include "multifrost/child_worker.h"
#include "multifrost/runtime.h"

namespace {

class Worker final : public bench::calls::BenchWorker {
 public:
  std::int64_t add(std::int64_t a, std::int64_t b, multifrost::CallContext&) override {
    return a + b;
  }

  multifrost::Bytes echo(multifrost::Bytes data, multifrost::CallContext&) override { return data; }

  void work(std::chrono::microseconds time, multifrost::CallContext&) override {
    std::this_thread::sleep_for(time);  // lint: allow sleep: a handler that takes long
  }
};

}  // namespace

int main(int argc, char** argv) {
  bench::place_server();
  const std::string_view transport = argc > 1 ? argv[1] : "direct";
  const std::string_view place = argc > 2 ? argv[2] : "unix";
  // A parent of ours offers both places, and a worker prefers the Unix socket. Without its variable
  // the worker is one that knows only the published TCP port.
  if (place == "tcp") ::unsetenv("MULTIFROST_ENDPOINT");
  multifrost::RuntimeOptions options;
  if (transport == "libzmq") options.transport = multifrost::TransportKind::libzmq;
  multifrost::Runtime runtime(options);
  multifrost::ChildOptions service;
  if (argc > 4) {
    bench::begin_server();
    service = {.service_id = argv[3], .registry_folder = argv[4]};
  }
  multifrost::ChildWorker child(service, &runtime);
  Worker worker;
  child.serve(worker);
  return child.run();
}
