#include "multifrost/child_worker.h"

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>

#include "multifrost/codec.h"
#include "multifrost/serve.h"
#include "process/child_environment.h"
#include "process/lifeline.h"
#include "session/forwarded_output.h"
#include "session/runtime_core.h"
#include "session/worker_session.h"
#include "transport/signal_watch.h"

namespace multifrost {
namespace {

/// The interface of a function that was added by itself.
constexpr Interface kDynamic{
    .name = "", .name_space = "", .version = "", .fingerprint = "", .methods = {}};

Failure cannot_connect(std::string why) {
  return {ErrorCode::connection, Execution::not_executed, std::move(why)};
}

}  // namespace

class ChildWorker::State {
 public:
  State(ChildOptions options, Runtime* runtime)
      : core_((runtime != nullptr ? *runtime : Runtime::default_runtime()).core()),
        environment_(options.read_environment
                         ? process::ChildEnvironment::take()
                         : Result<process::ChildEnvironment>(process::ChildEnvironment{})),
        lifeline_(environment_.ok() && environment_->stdio_is_pipe) {}

  session::FunctionTable& functions() noexcept { return functions_; }

  /// A session that is about to serve; null when one serves already.
  Result<std::shared_ptr<session::WorkerSession>> open(bool may_end_process, int signals) {
    const std::lock_guard lock(mutex_);
    if (session_) return std::shared_ptr<session::WorkerSession>();
    auto endpoint = parent();
    if (!endpoint) return endpoint.failure();
    auto transport = core_.transports->connect_as_worker(*endpoint, {});
    if (!transport) return transport.failure();
    session::WorkerOptions options;
    options.may_end_process = may_end_process;
    options.lifeline = &lifeline_;
    options.signals = signals;
    session_ = std::make_shared<session::WorkerSession>(
        *std::move(transport), protocol::multifrost_v3(), functions_, options);
    return session_;
  }

  bool parent_reads_pipes() const noexcept {
    return environment_.ok() && environment_->stdio_is_pipe;
  }

  /// `ended` runs when the last call has been answered, while messages can still be sent.
  template <class Ended>
  void serve(session::WorkerSession& session, Ended&& ended) {
    {
      const std::lock_guard lock(mutex_);
      serving_ = std::this_thread::get_id();
    }
    session.serve();
    ended();
    session.finish();
    const std::lock_guard lock(mutex_);
    serving_ = {};
    session_.reset();
    ended_.notify_all();
  }

  void serve_on_thread(std::shared_ptr<session::WorkerSession> session) {
    std::thread former;
    const std::lock_guard lock(mutex_);
    former.swap(thread_);
    if (former.joinable()) former.join();
    thread_ = std::thread([this, session = std::move(session)] { serve(*session, [] {}); });
  }

  void stop() {
    std::thread served;
    {
      std::unique_lock lock(mutex_);
      if (session_) session_->stop();
      if (serving_ == std::this_thread::get_id()) return;  // from a handler: it ends after it
      ended_.wait(lock, [this] { return session_ == nullptr; });
      served.swap(thread_);
    }
    if (served.joinable()) served.join();
  }

 private:
  Result<transport::Endpoint> parent() const {
    if (!environment_) return environment_.failure();
    transport::Endpoint endpoint;
    if (environment_->endpoint) {
      endpoint.kind = transport::Endpoint::Kind::unix_socket;
      endpoint.path = environment_->endpoint->path;
      endpoint.token = environment_->endpoint->token;
      return endpoint;
    }
    if (!environment_->port) {
      return cannot_connect(
          "COMLINK_ZMQ_PORT is not set: a worker is started by its parent "
          "(ParentWorker::spawn), which tells it where to connect");
    }
    endpoint.port = *environment_->port;
    return endpoint;
  }

  Runtime::Core& core_;
  const Result<process::ChildEnvironment> environment_;
  process::Lifeline lifeline_;
  session::FunctionTable functions_;

  std::mutex mutex_;
  std::condition_variable ended_;
  std::shared_ptr<session::WorkerSession> session_;
  std::thread::id serving_;
  std::thread thread_;
};

ChildWorker::ChildWorker(ChildOptions options, Runtime* runtime)
    : state_(std::make_unique<State>(options, runtime)) {}

ChildWorker::~ChildWorker() { stop(); }

void ChildWorker::serve(Dispatcher& worker) { state_->functions().add(worker); }

void ChildWorker::add(std::string_view name, std::string_view name_space,
                      std::unique_ptr<Function> function) {
  struct Served final : Dispatcher {
    explicit Served(std::unique_ptr<Function> given) : function(std::move(given)) {}
    const Interface& interface() const noexcept override { return kDynamic; }
    void dispatch(IncomingCall& call) override {
      std::vector<Value> arguments(call.argument_count());
      for (Value& argument : arguments) {
        if (!call.argument<codec::Any>(argument)) return;
      }
      call.answer<codec::Any>((*function)(std::move(arguments), call.context()));
    }
    std::unique_ptr<Function> function;
  };
  state_->functions().add(name_space, name, std::make_unique<Served>(std::move(function)));
}

int ChildWorker::run() {
  const transport::SignalWatch signals;
  const auto session = state_->open(true, signals.descriptor());
  if (!session) {
    std::fprintf(stderr, "multifrost: %s\n", session.failure().message().c_str());
    return 1;
  }
  if (*session == nullptr) {
    std::fprintf(stderr, "multifrost: this worker runs already\n");
    return 1;
  }
  // A pipe would hold lines back until the program ends.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::optional<session::ForwardedOutput> output;
  if (!state_->parent_reads_pipes()) output.emplace(**session);
  state_->serve(**session, [&] { output.reset(); });
  return 0;
}

Result<void> ChildWorker::start() {
  auto session = state_->open(false, transport::kNoDescriptor);
  if (!session) return session.failure();
  if (*session != nullptr) state_->serve_on_thread(*std::move(session));
  return {};
}

void ChildWorker::stop() { state_->stop(); }

std::vector<std::string> ChildWorker::list_functions() const { return state_->functions().list(); }

int serve(Dispatcher& worker) {
  ChildWorker child;
  child.serve(worker);
  return child.run();
}

}  // namespace multifrost
