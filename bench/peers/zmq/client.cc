// Calls over libzmq alone: what its threads and framing cost.
#include <cstring>
#include <mutex>
#include <optional>

#include "harness/client_main.h"
#include "harness/fail.h"
#include "harness/server_process.h"
#include "socket.h"

namespace {

using bench::raw::Message;
using bench::raw::Operation;
using bench::zeromq::Frame;
using bench::zeromq::Socket;

class ZmqCaller final : public bench::Caller {
 public:
  explicit ZmqCaller(void* context) : socket_(context, ZMQ_DEALER) {}

  Socket& socket() noexcept { return socket_; }

  std::int64_t add(std::int64_t a, std::int64_t b) override {
    send({.id = ++id_, .operation = Operation::add, .a = a, .b = b});
    const Message answer = receive();
    bench::require(answer.id == id_, "the answer of another call");
    return answer.a;
  }

  void echo(const std::string& payload, const bench::EchoCheck& check) override {
    const auto wire =
        bench::raw::to_wire({.id = ++id_, .operation = Operation::echo, .payload = payload.size()});
    Frame frame(wire.size() + payload.size());
    std::memcpy(frame.data(), wire.data(), wire.size());
    std::memcpy(frame.data() + wire.size(), payload.data(), payload.size());
    delimiter();
    socket_.send(frame);
    Frame answer;
    take(answer);
    check({answer.data() + wire.size(), answer.size() - wire.size()});
  }

  void send(const Message& message) {
    const auto wire = bench::raw::to_wire(message);
    Frame frame(wire.size());
    std::memcpy(frame.data(), wire.data(), wire.size());
    delimiter();
    socket_.send(frame);
  }

  Message receive() {
    Frame answer;
    take(answer);
    bench::require(answer.size() == bench::raw::kSize, "an answer of another size");
    return bench::raw::from_wire(answer.data());
  }

 private:
  void delimiter() {
    Frame empty;
    socket_.send(empty, ZMQ_SNDMORE);
  }
  void take(Frame& answer) {
    Frame empty;
    socket_.receive(empty);
    socket_.receive(answer);
  }

  Socket socket_;
  std::uint64_t id_ = 0;
};

class ZmqPeer final : public bench::Peer {
 public:
  // The client listens and the worker connects, as on our wire.
  void start(const bench::Settings& settings) override {
    caller_.emplace(context_);
    const std::string place = caller_->socket().bind_anywhere();
    server_.emplace(std::vector{settings.server, settings.transport, place});
  }

  bench::Caller& caller() override { return *caller_; }
  std::vector<pid_t> servers() const override { return {server_->id()}; }

  bool pipeline(std::uint64_t count, std::size_t window) override {
    std::uint64_t sent = 0;
    for (std::uint64_t done = 0; done < count; ++done) {
      for (; sent < count && sent - done < window; ++sent) {
        const bench::Sum sum(sent);
        caller_->send({.id = sent, .a = sum.a, .b = sum.b});
      }
      const Message answer = caller_->receive();
      bench::require(answer.id == done && answer.a == bench::Sum(done).answer(),
                     "a pipelined sum was wrong");
    }
    return true;
  }

  std::unique_ptr<bench::Caller> separate_caller() override {
    auto caller = std::make_unique<ZmqCaller>(context_);
    std::call_once(asked_, [this] { listens_at_ = server_->address(); });
    caller->socket().connect(listens_at_);
    return caller;
  }

 private:
  void* context_ = ::zmq_ctx_new();
  std::optional<ZmqCaller> caller_;
  std::optional<bench::ServerProcess> server_;
  std::once_flag asked_;
  std::string listens_at_;
};

}  // namespace

int main(int argc, char** argv) {
  ZmqPeer peer;
  return bench::client_main(argc, argv, peer);
}
