// Calls through a gRPC stub; pipelined ones through its completion queue.
#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

#include "bench.grpc.pb.h"
#include "harness/client_main.h"
#include "harness/fail.h"
#include "harness/server_process.h"

namespace {

using namespace bench::grpc_peer;

void require_ok(const grpc::Status& status) {
  bench::require(status.ok(), "gRPC: " + status.error_message());
}

/// Stubs may be used from any thread, so every caller shares one.
class GrpcCaller final : public bench::Caller {
 public:
  explicit GrpcCaller(Bench::Stub& stub) : stub_(stub) {}

  std::int64_t add(std::int64_t a, std::int64_t b) override {
    grpc::ClientContext context;
    Summands summands;
    summands.set_a(a);
    summands.set_b(b);
    Sum sum;
    require_ok(stub_.Add(&context, summands, &sum));
    return sum.value();
  }

  void echo(const std::string& payload, const bench::EchoCheck& check) override {
    grpc::ClientContext context;
    Blob sent;
    sent.set_data(payload);
    Blob received;
    require_ok(stub_.Echo(&context, sent, &received));
    check(received.data());
  }

 private:
  Bench::Stub& stub_;
};

struct CallInFlight {
  grpc::ClientContext context;
  Sum sum;
  grpc::Status status;
  std::int64_t expected = 0;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Sum>> reader;
};

class GrpcPeer final : public bench::Peer {
 public:
  void start(const bench::Settings& settings) override {
    server_.emplace(std::vector{settings.server, settings.transport});
    const std::string address = server_->address();
    const bool is_tcp = settings.transport == "tcp";
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetMaxSendMessageSize(-1);
    stub_ = Bench::NewStub(
        grpc::CreateCustomChannel(is_tcp ? "ipv4:127.0.0.1:" + address : "unix:" + address,
                                  grpc::InsecureChannelCredentials(), arguments));
    caller_.emplace(*stub_);
  }

  bench::Caller& caller() override { return *caller_; }
  std::vector<pid_t> servers() const override { return {server_->id()}; }

  bool pipeline(std::uint64_t count, std::size_t window) override {
    grpc::CompletionQueue queue;
    std::uint64_t sent = 0;
    for (std::uint64_t done = 0; done < count; ++done) {
      for (; sent < count && sent - done < window; ++sent) begin_call(sent, queue);
      end_call(queue);
    }
    queue.Shutdown();
    return true;
  }

  std::unique_ptr<bench::Caller> sharing_caller() override {
    return std::make_unique<GrpcCaller>(*stub_);
  }

 private:
  void begin_call(std::uint64_t number, grpc::CompletionQueue& queue) {
    const bench::Sum sum(number);
    auto call = std::make_unique<CallInFlight>();
    Summands summands;
    summands.set_a(sum.a);
    summands.set_b(sum.b);
    call->expected = sum.answer();
    call->reader = stub_->AsyncAdd(&call->context, summands, &queue);
    CallInFlight* tag = call.release();  // end_call takes it back
    tag->reader->Finish(&tag->sum, &tag->status, tag);
  }

  static void end_call(grpc::CompletionQueue& queue) {
    void* tag = nullptr;
    bool ok = false;
    bench::require(queue.Next(&tag, &ok) && ok, "the completion queue ended");
    const std::unique_ptr<CallInFlight> call(static_cast<CallInFlight*>(tag));
    require_ok(call->status);
    bench::require(call->sum.value() == call->expected, "a pipelined sum was wrong");
  }

  std::optional<bench::ServerProcess> server_;
  std::unique_ptr<Bench::Stub> stub_;
  std::optional<GrpcCaller> caller_;
};

}  // namespace

int main(int argc, char** argv) {
  GrpcPeer peer;
  return bench::client_main(argc, argv, peer);
}
