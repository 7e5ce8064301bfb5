// Cap'n Proto's server on one event loop.
#include <capnp/ez-rpc.h>

#include <string>

#include "bench.capnp.h"
#include "harness/server_process.h"
#include "limits.h"

namespace {

class Service final : public Bench::Server {
 public:
  kj::Promise<void> add(AddContext context) override {
    const auto asked = context.getParams();
    context.getResults().setSum(asked.getA() + asked.getB());
    return kj::READY_NOW;
  }

  kj::Promise<void> echo(EchoContext context) override {
    const auto data = context.getParams().getData();
    context.getResults(room_for(data.size())).setData(data);
    return kj::READY_NOW;
  }
};

}  // namespace

int main(int, char** argv) {
  bench::begin_server();
  const bool is_tcp = std::string(argv[1]) == "tcp";
  const std::string path = bench::socket_path("capnp");
  const std::string place = is_tcp ? "127.0.0.1" : "unix:" + path;
  capnp::EzRpcServer server(kj::heap<Service>(), place.c_str(), 0, no_limits());
  auto& wait_scope = server.getWaitScope();
  const auto port = server.getPort().wait(wait_scope);
  bench::announce_ready(is_tcp ? std::to_string(port) : path);
  kj::NEVER_DONE.wait(wait_scope);
}
