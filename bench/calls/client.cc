// The client that is measured: the class that mfgen wrote from bench.mfidl, public API only, with
// heartbeats, ledger and deadlines as they are by default.
//
//   calls_client --server calls_worker --transport direct-unix|direct-tcp|libzmq-unix|libzmq-tcp …
#include <sys/types.h>

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
#include "harness/server_process.h"
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

/// A caller with a connection of its own.
class SeparateCaller final : public bench::Caller {
 public:
  explicit SeparateCaller(multifrost::ParentWorker worker)
      : worker_(std::move(worker)), caller_(BenchClient(worker_.channel())) {}

  std::int64_t add(std::int64_t a, std::int64_t b) override { return caller_.add(a, b); }
  void echo(const std::string& payload, const bench::EchoCheck& check) override {
    caller_.echo(payload, check);
  }

 private:
  multifrost::ParentWorker worker_;
  MfgenCaller caller_;
};

/// A worker that several parents share: what a server of the other systems is.
class Service {
 public:
  Service(const bench::Settings& settings, const std::string& transport)
      : process_({settings.server, transport, "tcp", kId, kRegistry}) {}

  pid_t id() const noexcept { return process_.id(); }
  multifrost::ParentWorker connect(multifrost::Runtime& runtime) const {
    multifrost::ConnectOptions options;
    options.registry_folder = kRegistry;
    return multifrost::ParentWorker::connect(kId, options, &runtime);
  }

 private:
  static constexpr char kId[] = "bench";
  static constexpr char kRegistry[] = "registry";  // in the folder that the runner empties
  bench::ServerProcess process_;
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
    worker_.emplace(start_worker(settings, *runtime_));
    caller_.emplace(first_client());
  }

  bench::Caller& caller() override { return *caller_; }

  std::vector<pid_t> servers() const override {
    const std::lock_guard lock(mutex_);
    std::vector<pid_t> ids = {worker_->process_id().value()};
    ids.insert(ids.end(), further_.begin(), further_.end());
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

  /// Over TCP all of them call one service. Services listen nowhere else (spec 5.2), so over Unix
  /// sockets, and in Python, each has a worker of its own.
  void before_separate_callers() override {
    const auto [transport, place] = split(settings_.transport);
    if (place != "tcp" || !settings_.interpreter.empty()) return;
    further_.push_back(service_.emplace(settings_, transport).id());
  }

  std::unique_ptr<bench::Caller> separate_caller() override {
    if (service_) return std::make_unique<SeparateCaller>(service_->connect(*runtime_));
    const std::lock_guard lock(mutex_);
    auto worker = start_worker(settings_, *runtime_);
    further_.push_back(worker.process_id().value());
    return std::make_unique<SeparateCaller>(std::move(worker));
  }

 private:
  BenchClient first_client() const { return BenchClient(worker_->channel()); }

  bench::Settings settings_;
  std::optional<multifrost::Runtime> runtime_;
  mutable std::mutex mutex_;
  std::optional<multifrost::ParentWorker> worker_;
  std::optional<Service> service_;
  std::vector<pid_t> further_;  ///< processes of separate callers
  std::optional<MfgenCaller> caller_;
};

}  // namespace

int main(int argc, char** argv) {
  MfgenPeer peer;
  return bench::client_main(argc, argv, peer);
}
