// Calls over Cap'n Proto; pipelined ones as promises on the thread's event loop.
#include <capnp/ez-rpc.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "bench.capnp.h"
#include "harness/client_main.h"
#include "harness/fail.h"
#include "harness/server_process.h"
#include "limits.h"

namespace {

/// An event loop belongs to its thread, and so does a connection.
class CapnpCaller final : public bench::Caller {
 public:
  CapnpCaller(const std::string& place, unsigned port)
      : rpc_(place.c_str(), port, no_limits()), bench_(rpc_.getMain<Bench>()) {}

  CapnpCaller(const CapnpCaller&) = delete;
  CapnpCaller& operator=(const CapnpCaller&) = delete;
  ~CapnpCaller() noexcept override = default;  // its members' destructors might throw

  Bench::Client& remote() noexcept { return bench_; }
  kj::WaitScope& wait_scope() { return rpc_.getWaitScope(); }

  std::int64_t add(std::int64_t a, std::int64_t b) override {
    auto request = bench_.addRequest();
    request.setA(a);
    request.setB(b);
    return request.send().wait(wait_scope()).getSum();
  }

  void echo(const std::string& payload, const bench::EchoCheck& check) override {
    auto request = bench_.echoRequest(room_for(payload.size()));
    request.setData({reinterpret_cast<const kj::byte*>(payload.data()), payload.size()});
    const auto response = request.send().wait(wait_scope());
    const auto data = response.getData();
    check({reinterpret_cast<const char*>(data.begin()), data.size()});
  }

 private:
  capnp::EzRpcClient rpc_;
  Bench::Client bench_;
};

/// `window` chains of calls, each of which sends its next when one is answered.
class Pipeline {
 public:
  Pipeline(CapnpCaller& caller, std::uint64_t count) : caller_(caller), count_(count) {}

  void run(std::size_t window) {
    auto chains = kj::heapArrayBuilder<kj::Promise<void>>(window);
    for (std::size_t i = 0; i < window; ++i) chains.add(chain());
    kj::joinPromises(chains.finish()).wait(caller_.wait_scope());
    bench::require(done_ == count_, "pipelined calls got lost");
  }

 private:
  kj::Promise<void> chain() {
    if (sent_ == count_) return kj::READY_NOW;
    const bench::Sum sum(sent_++);
    auto request = caller_.remote().addRequest();
    request.setA(sum.a);
    request.setB(sum.b);
    return request.send().then([this, sum](auto&& response) {
      bench::require(response.getSum() == sum.answer(), "a pipelined sum was wrong");
      ++done_;
      return chain();
    });
  }

  CapnpCaller& caller_;
  std::uint64_t count_;
  std::uint64_t sent_ = 0;
  std::uint64_t done_ = 0;
};

class CapnpPeer final : public bench::Peer {
 public:
  void start(const bench::Settings& settings) override {
    server_.emplace(std::vector{settings.server, settings.transport});
    const std::string address = server_->address();
    const bool is_tcp = settings.transport == "tcp";
    place_ = is_tcp ? "127.0.0.1" : "unix:" + address;
    port_ = is_tcp ? static_cast<unsigned>(std::stoul(address)) : 0;
    caller_.emplace(place_, port_);
  }

  bench::Caller& caller() override { return *caller_; }
  std::vector<pid_t> servers() const override { return {server_->id()}; }

  // Some thousands at a time: a chain's promises are freed when it ends.
  bool pipeline(std::uint64_t count, std::size_t window) override {
    const std::uint64_t most = std::max<std::uint64_t>(20'000, window * 20);
    for (std::uint64_t done = 0; done < count;) {
      const std::uint64_t part = std::min(count - done, most);
      Pipeline(*caller_, part).run(window);
      done += part;
    }
    return true;
  }

  std::unique_ptr<bench::Caller> separate_caller() override {
    return std::make_unique<CapnpCaller>(place_, port_);
  }

 private:
  std::optional<bench::ServerProcess> server_;
  std::string place_;
  unsigned port_ = 0;
  std::optional<CapnpCaller> caller_;
};

}  // namespace

int main(int argc, char** argv) {
  CapnpPeer peer;
  return bench::client_main(argc, argv, peer);
}
