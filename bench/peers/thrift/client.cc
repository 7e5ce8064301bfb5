// Calls through Thrift's generated client; pipelined ones by its halves, send_add and recv_add.
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TSocket.h>

#include <optional>
#include <string>

#include "Bench.h"
#include "harness/client_main.h"
#include "harness/fail.h"
#include "harness/server_process.h"
#include "limits.h"

namespace {

using namespace apache::thrift;
using bench::thrift_peer::BenchClient;

std::shared_ptr<transport::TTransport> connect(const std::string& place,
                                               const std::string& address) {
  const auto socket = place == "tcp" ? std::make_shared<transport::TSocket>(
                                           "127.0.0.1", std::stoi(address), limits())
                                     : std::make_shared<transport::TSocket>(address, limits());
  auto framed = std::make_shared<transport::TFramedTransport>(socket, 512, kLargest, limits());
  framed->open();
  return framed;
}

class ThriftCaller final : public bench::Caller {
 public:
  ThriftCaller(const std::string& place, const std::string& address)
      : client_(std::make_shared<protocol::TBinaryProtocol>(connect(place, address))) {}

  BenchClient& client() noexcept { return client_; }

  std::int64_t add(std::int64_t a, std::int64_t b) override { return client_.add(a, b); }

  void echo(const std::string& payload, const bench::EchoCheck& check) override {
    client_.echo(answer_, payload);
    check(answer_);
  }

 private:
  BenchClient client_;
  std::string answer_;
};

class ThriftPeer final : public bench::Peer {
 public:
  void start(const bench::Settings& settings) override {
    server_.emplace(std::vector{settings.server, settings.transport, settings.variant});
    place_ = settings.transport;
    address_ = server_->address();
    caller_.emplace(place_, address_);
  }

  bench::Caller& caller() override { return *caller_; }
  std::vector<pid_t> servers() const override { return {server_->id()}; }

  bool pipeline(std::uint64_t count, std::size_t window) override {
    // Both sides block in send once a Unix socket holds some 250 small messages each way.
    if (place_ == "unix" && window > 200) return false;
    std::uint64_t sent = 0;
    for (std::uint64_t done = 0; done < count; ++done) {
      for (; sent < count && sent - done < window; ++sent) {
        const bench::Sum sum(sent);
        caller_->client().send_add(sum.a, sum.b);
      }
      bench::require(caller_->client().recv_add() == bench::Sum(done).answer(),
                     "a pipelined sum was wrong");
    }
    return true;
  }

  std::unique_ptr<bench::Caller> separate_caller() override {
    return std::make_unique<ThriftCaller>(place_, address_);
  }

 private:
  std::optional<bench::ServerProcess> server_;
  std::string place_;
  std::string address_;
  std::optional<ThriftCaller> caller_;
};

}  // namespace

int main(int argc, char** argv) {
  ThriftPeer peer;
  return bench::client_main(argc, argv, peer);
}
