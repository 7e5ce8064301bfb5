// Calls through an Ice proxy; pipelined ones by its asynchronous form.
#include <Ice/Ice.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "bench.h"
#include "communicator.h"
#include "harness/client_main.h"
#include "harness/fail.h"
#include "harness/server_process.h"

namespace {

using Proxy = std::shared_ptr<ForIce::BenchPrx>;

/// Proxies may be used from any thread, so every caller shares one.
class IceCaller final : public bench::Caller {
 public:
  explicit IceCaller(Proxy proxy) : proxy_(std::move(proxy)) {}

  std::int64_t add(std::int64_t a, std::int64_t b) override { return proxy_->add(a, b); }

  void echo(const std::string& payload, const bench::EchoCheck& check) override {
    const auto* begin = reinterpret_cast<const Ice::Byte*>(payload.data());
    const auto answer = proxy_->echo({begin, begin + payload.size()});
    check({reinterpret_cast<const char*>(answer.data()), answer.size()});
  }

 private:
  Proxy proxy_;
};

/// Counts answers, which come on Ice's threads.
class Pipeline {
 public:
  explicit Pipeline(Proxy proxy) : proxy_(std::move(proxy)) {}

  void run(std::uint64_t count, std::size_t window) {
    for (std::uint64_t sent = 0; sent < count; ++sent) {
      wait_until([&] { return sent - done_ < window; });
      const bench::Sum sum(sent);
      proxy_->addAsync(
          sum.a, sum.b, [this, sum](long long answer) { take(answer == sum.answer()); },
          [](const std::exception_ptr&) { bench::fail("an Ice call failed"); });
    }
    wait_until([&] { return done_ == count; });
  }

 private:
  template <class Condition>
  void wait_until(Condition condition) {
    std::unique_lock lock(mutex_);
    answered_.wait(lock, condition);
  }

  void take(bool right) {
    bench::require(right, "a pipelined sum was wrong");
    const std::lock_guard lock(mutex_);
    ++done_;
    answered_.notify_one();
  }

  Proxy proxy_;
  std::mutex mutex_;
  std::condition_variable answered_;
  std::uint64_t done_ = 0;
};

class IcePeer final : public bench::Peer {
 public:
  void start(const bench::Settings& settings) override {
    server_.emplace(std::vector{settings.server});
    communicator_ = make_communicator();
    proxy_ = Ice::uncheckedCast<ForIce::BenchPrx>(
        communicator_->stringToProxy("bench:tcp -h 127.0.0.1 -p " + server_->address()));
    caller_.emplace(proxy_);
  }

  bench::Caller& caller() override { return *caller_; }
  std::vector<pid_t> servers() const override { return {server_->id()}; }

  bool pipeline(std::uint64_t count, std::size_t window) override {
    Pipeline(proxy_).run(count, window);
    return true;
  }

  std::unique_ptr<bench::Caller> sharing_caller() override {
    return std::make_unique<IceCaller>(proxy_);
  }

 private:
  std::optional<bench::ServerProcess> server_;
  std::shared_ptr<Ice::Communicator> communicator_;
  Proxy proxy_;
  std::optional<IceCaller> caller_;
};

}  // namespace

int main(int argc, char** argv) {
  IcePeer peer;
  const int status = bench::client_main(argc, argv, peer);
  std::_Exit(status);  // an Ice communicator must be destroyed before its process may end
}
