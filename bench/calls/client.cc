// The client that is measured: the class that mfgen wrote from bench.mfidl, public API only, with
// heartbeats, ledger and deadlines as they are by default.
//
//   calls_client --server calls_worker --transport direct-unix|direct-tcp|libzmq-unix|libzmq-tcp …
#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench.mf.h"
#include "harness/client_main.h"
#include "harness/fail.h"
#include "multifrost/parent_worker.h"
#include "multifrost/runtime.h"

namespace {

using bench::calls::BenchClient;

/// Long enough for any call here; what is measured is that there is one.
constexpr std::chrono::seconds kDeadline(30);

/// "direct-tcp": the transport, and where the worker connects to.
std::pair<std::string, std::string> split(const std::string& name) {
  const std::size_t dash = name.find('-');
  bench::require(dash != std::string::npos, "--transport takes KIND-PLACE, direct-unix for one");
  return {name.substr(0, dash), name.substr(dash + 1)};
}

multifrost::ParentWorker start_worker(const bench::Settings& settings, multifrost::Runtime& runtime,
                                      multifrost::SpawnOptions options = {}) {
  const auto [transport, place] = split(settings.transport);
  options.arguments = {transport, place};
  auto worker =
      multifrost::ParentWorker::spawn(settings.server, settings.interpreter, options, &runtime);
  worker.start();
  return worker;
}

class MfgenCaller final : public bench::Caller {
 public:
  explicit MfgenCaller(BenchClient client) : client_(std::move(client)) {}

  std::int64_t add(std::int64_t a, std::int64_t b) override { return client_.add(a, b); }

  void echo(const std::string& payload, const bench::EchoCheck& check) override {
    check(client_.echo(payload).as_text());
  }

 private:
  BenchClient client_;
};

/// A caller that has its worker to itself, and so a connection of its own.
class SeparateCaller final : public bench::Caller {
 public:
  explicit SeparateCaller(const multifrost::ParentWorker& worker)
      : caller_(BenchClient(worker.channel())) {}

  std::int64_t add(std::int64_t a, std::int64_t b) override { return caller_.add(a, b); }
  void echo(const std::string& payload, const bench::EchoCheck& check) override {
    caller_.echo(payload, check);
  }

 private:
  MfgenCaller caller_;
};

class MfgenPeer final : public bench::Peer {
 public:
  void start(const bench::Settings& settings) override {
    settings_ = settings;
    multifrost::RuntimeOptions options;
    if (split(settings.transport).first == "libzmq") {
      options.transport = multifrost::TransportKind::libzmq;
    }
    runtime_.emplace(options);
    add_worker();
    caller_.emplace(first_client());
  }

  bench::Caller& caller() override { return *caller_; }

  std::vector<pid_t> servers() const override {
    const std::lock_guard lock(mutex_);
    std::vector<pid_t> ids;
    for (const auto& worker : workers_) ids.push_back(worker->process_id().value());
    return ids;
  }

  bool pipeline(std::uint64_t count, std::size_t window) override {
    const BenchClient client = first_client().with({.timeout = kDeadline});
    std::vector<std::optional<multifrost::Pending<std::int64_t>>> in_flight(window);
    std::uint64_t sent = 0;
    for (std::uint64_t done = 0; done < count; ++done) {
      for (; sent < count && sent - done < window; ++sent) {
        const bench::Sum sum(sent);
        in_flight[sent % window].emplace(client.async().add(sum.a, sum.b));
      }
      const std::int64_t answer = in_flight[done % window]->get();
      bench::require(answer == bench::Sum(done).answer(), "a pipelined sum was wrong");
    }
    return true;
  }

  std::optional<double> busy_heartbeat_ms() override {
    using namespace std::chrono_literals;
    multifrost::SpawnOptions options;
    options.heartbeat_interval = 20ms;
    const auto worker = start_worker(settings_, *runtime_, options);
    const auto pending = BenchClient(worker.channel()).async().work(333ms);
    std::chrono::duration<double, std::milli> slowest{0};
    while (!pending.wait_for(1ms)) {
      if (const auto rtt = worker.last_heartbeat_rtt()) slowest = std::max(slowest, {*rtt});
    }
    return slowest.count();
  }

  std::unique_ptr<bench::Caller> sharing_caller() override {
    return std::make_unique<MfgenCaller>(first_client());
  }

  std::unique_ptr<bench::Caller> separate_caller() override {
    return std::make_unique<SeparateCaller>(add_worker());
  }

 private:
  const multifrost::ParentWorker& add_worker() {
    auto worker = std::make_unique<multifrost::ParentWorker>(start_worker(settings_, *runtime_));
    const std::lock_guard lock(mutex_);
    return *workers_.emplace_back(std::move(worker));
  }

  BenchClient first_client() const {
    const std::lock_guard lock(mutex_);
    return BenchClient(workers_.front()->channel());
  }

  bench::Settings settings_;
  std::optional<multifrost::Runtime> runtime_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<multifrost::ParentWorker>> workers_;
  std::optional<MfgenCaller> caller_;
};

}  // namespace

int main(int argc, char** argv) {
  MfgenPeer peer;
  return bench::client_main(argc, argv, peer);
}
