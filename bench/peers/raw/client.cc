// Calls over bare sockets: what the sockets themselves cost.
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/client_main.h"
#include "harness/fail.h"
#include "harness/server_process.h"
#include "message.h"
#include "sockets.h"

namespace {

using namespace bench::raw;

class RawCaller final : public bench::Caller {
 public:
  RawCaller(const std::string& transport, const std::string& address)
      : socket_(dial(transport, address)) {}
  RawCaller(const RawCaller&) = delete;
  RawCaller& operator=(const RawCaller&) = delete;
  ~RawCaller() override { ::close(socket_); }

  int socket() const noexcept { return socket_; }

  std::int64_t add(std::int64_t a, std::int64_t b) override {
    send({.id = ++id_, .operation = Operation::add, .a = a, .b = b});
    return receive().a;
  }

  void echo(const std::string& payload, const bench::EchoCheck& check) override {
    send({.id = ++id_, .operation = Operation::echo, .payload = payload.size()});
    write_all(socket_, payload.data(), payload.size());
    answer_.resize(receive().payload);
    bench::require(read_all(socket_, answer_.data(), answer_.size()), "the echo broke off");
    check(answer_);
  }

 private:
  void send(const Message& message) {
    const Wire wire = to_wire(message);
    write_all(socket_, wire.data(), wire.size());
  }

  Message receive() {
    Wire wire;
    bench::require(read_all(socket_, wire.data(), wire.size()), "the server went away");
    const Message message = from_wire(wire.data());
    bench::require(message.id == id_, "the answer of another call");
    return message;
  }

  int socket_;
  std::uint64_t id_ = 0;
  std::string answer_;
};

/// Everything that the window allows leaves in one write; one read takes all answers that are
/// there.
class Pipeline {
 public:
  Pipeline(int socket, std::uint64_t count, std::size_t window)
      : socket_(socket), count_(count), window_(window), input_(std::size_t{1} << 18U) {}

  void run() {
    while (done_ < count_) {
      fill_window();
      take_answers();
    }
  }

 private:
  void fill_window() {
    output_.clear();
    for (; sent_ < count_ && sent_ - done_ < window_; ++sent_) {
      const bench::Sum sum(sent_);
      const Wire wire = to_wire({.id = sent_, .a = sum.a, .b = sum.b});
      output_.insert(output_.end(), wire.begin(), wire.end());
    }
    write_all(socket_, output_.data(), output_.size());
  }

  void take_answers() {
    const std::size_t received =
        read_some(socket_, input_.data() + filled_, input_.size() - filled_);
    bench::require(received > 0, "the server went away");
    filled_ += received;
    std::size_t at = 0;
    for (; filled_ - at >= kSize; at += kSize, ++done_) {
      const Message message = from_wire(&input_[at]);
      bench::require(message.id == done_ && message.a == bench::Sum(done_).answer(),
                     "a pipelined sum was wrong");
    }
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(at),
              input_.begin() + static_cast<std::ptrdiff_t>(filled_), input_.begin());
    filled_ -= at;
  }

  int socket_;
  std::uint64_t count_;
  std::size_t window_;
  std::uint64_t sent_ = 0;
  std::uint64_t done_ = 0;
  std::vector<char> output_;
  std::vector<char> input_;
  std::size_t filled_ = 0;
};

class RawPeer final : public bench::Peer {
 public:
  void start(const bench::Settings& settings) override {
    transport_ = settings.transport;
    server_.emplace(std::vector{settings.server, transport_});
    address_ = server_->address();
    caller_.emplace(transport_, address_);
  }

  bench::Caller& caller() override { return *caller_; }
  std::vector<pid_t> servers() const override { return {server_->id()}; }

  bool pipeline(std::uint64_t count, std::size_t window) override {
    Pipeline(caller_->socket(), count, window).run();
    return true;
  }

  std::unique_ptr<bench::Caller> separate_caller() override {
    return std::make_unique<RawCaller>(transport_, address_);
  }

 private:
  std::string transport_;
  std::string address_;
  std::optional<bench::ServerProcess> server_;
  std::optional<RawCaller> caller_;
};

}  // namespace

int main(int argc, char** argv) {
  RawPeer peer;
  return bench::client_main(argc, argv, peer);
}
