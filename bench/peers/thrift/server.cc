// Thrift's server, with a thread a connection or nonblocking.
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/server/TNonblockingServer.h>
#include <thrift/server/TThreadedServer.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TNonblockingServerSocket.h>
#include <thrift/transport/TServerSocket.h>

#include <functional>
#include <string>

#include "Bench.h"
#include "harness/server_process.h"
#include "limits.h"

namespace {

using namespace apache::thrift;
using bench::thrift_peer::BenchIf;
using bench::thrift_peer::BenchProcessor;

class Service final : public BenchIf {
 public:
  std::int64_t add(const std::int64_t a, const std::int64_t b) override { return a + b; }
  void echo(std::string& answer, const std::string& data) override { answer = data; }
};

/// Tells where the server listens once it does.
class Announcer final : public server::TServerEventHandler {
 public:
  explicit Announcer(std::function<std::string()> address) : address_(std::move(address)) {}
  void preServe() override { bench::announce_ready(address_()); }

 private:
  std::function<std::string()> address_;
};

class Frames final : public transport::TTransportFactory {
 public:
  std::shared_ptr<transport::TTransport> getTransport(
      std::shared_ptr<transport::TTransport> below) override {
    return std::make_shared<transport::TFramedTransport>(below, 512, kLargest, limits());
  }
};

void serve_threaded(bool is_tcp, const std::string& path) {
  const auto socket = is_tcp ? std::make_shared<transport::TServerSocket>("127.0.0.1", 0)
                             : std::make_shared<transport::TServerSocket>(path);
  const auto protocol =
      std::make_shared<protocol::TBinaryProtocolFactory>(kLargest, kLargest, false, true);
  server::TThreadedServer server(std::make_shared<BenchProcessor>(std::make_shared<Service>()),
                                 socket, std::make_shared<Frames>(), protocol);
  server.setServerEventHandler(std::make_shared<Announcer>(
      [&] { return is_tcp ? std::to_string(socket->getPort()) : path; }));
  server.serve();
}

void serve_nonblocking(bool is_tcp, const std::string& path) {
  const auto socket = is_tcp ? std::make_shared<transport::TNonblockingServerSocket>("127.0.0.1", 0)
                             : std::make_shared<transport::TNonblockingServerSocket>(path);
  server::TNonblockingServer server(std::make_shared<BenchProcessor>(std::make_shared<Service>()),
                                    std::make_shared<protocol::TBinaryProtocolFactory>(), socket);
  server.setMaxFrameSize(kLargest);
  server.setIdleReadBufferLimit(0);
  server.setIdleWriteBufferLimit(0);
  server.setServerEventHandler(std::make_shared<Announcer>(
      [&] { return is_tcp ? std::to_string(socket->getListenPort()) : path; }));
  server.serve();
}

}  // namespace

int main(int, char** argv) {
  bench::begin_server();
  const bool is_tcp = std::string(argv[1]) == "tcp";
  const std::string path = bench::socket_path("thrift");
  const auto serve = std::string(argv[2]) == "nonblocking" ? serve_nonblocking : serve_threaded;
  serve(is_tcp, path);
}
