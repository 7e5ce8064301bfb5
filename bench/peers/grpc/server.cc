// gRPC's synchronous server.
#include <grpcpp/grpcpp.h>

#include <string>

#include "bench.grpc.pb.h"
#include "harness/fail.h"
#include "harness/server_process.h"

namespace {

using namespace bench::grpc_peer;

class Service final : public Bench::Service {
 public:
  grpc::Status Add(grpc::ServerContext*, const Summands* asked, Sum* answer) override {
    answer->set_value(asked->a() + asked->b());
    return grpc::Status::OK;
  }

  grpc::Status Echo(grpc::ServerContext*, const Blob* asked, Blob* answer) override {
    answer->set_data(asked->data());
    return grpc::Status::OK;
  }
};

}  // namespace

int main(int, char** argv) {
  bench::begin_server();
  const bool is_tcp = std::string(argv[1]) == "tcp";
  const std::string path = bench::socket_path("grpc");
  int port = 0;
  Service service;
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(-1);
  builder.SetMaxSendMessageSize(-1);
  builder.AddListeningPort(is_tcp ? "127.0.0.1:0" : "unix:" + path,
                           grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  bench::require(server != nullptr, "the gRPC server did not start");
  bench::announce_ready(is_tcp ? std::to_string(port) : path);
  server->Wait();
}
