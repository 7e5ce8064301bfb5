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
#include "registry/registry.h"
#include "session/forwarded_output.h"
#include "session/runtime_core.h"
#include "session/worker_session.h"
#include "transport/signal_watch.h"

namespace multifrost {
namespace {

namespace events = session::events;

constexpr unsigned kMostHandlers = 1024;

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
        options_(std::move(options)),
        environment_(options_.read_environment
                         ? process::ChildEnvironment::take()
                         : Result<process::ChildEnvironment>(process::ChildEnvironment{})),
        lifeline_(environment_.ok() && environment_->stdio_is_pipe) {}

  session::FunctionTable& functions() noexcept { return functions_; }

  /// A session that is about to serve; null when one serves already.
  Result<std::shared_ptr<session::WorkerSession>> open(bool may_end_process, int signals) {
    const std::lock_guard lock(mutex_);
    if (session_) return std::shared_ptr<session::WorkerSession>();
    if (!environment_) return environment_.failure();
    if (options_.concurrency < 1 || options_.concurrency > kMostHandlers) {
      return Failure(ErrorCode::invalid_argument, Execution::not_executed,
                     "ChildOptions::concurrency is " + std::to_string(options_.concurrency) +
                         "; it must be 1 to " + std::to_string(kMostHandlers));
    }
    session::WorkerOptions options;
    options.signals = signals;
    options.concurrency = options_.concurrency;
    options.log = core_.log;
    options.name = options_.service_id;
    auto transport = has_parent() ? join_parent() : join_registry();
    if (!transport) return transport.failure();
    if (has_parent()) {
      options.may_end_process = may_end_process;
      options.lifeline = &lifeline_;
    } else {
      options.many_parents = true;
      options.obey_shutdown = options_.obey_shutdown;
    }
    session_ = std::make_shared<session::WorkerSession>(
        *std::move(transport), protocol::multifrost_v3(), functions_, options);
    return session_;
  }

  /// Whether a parent has started this process: its word wins over a service id (wire page).
  bool has_parent() const noexcept { return environment_->endpoint || environment_->port; }
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
    registration_.reset();  // first, so that no new parent comes
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
      // From a handler: the worker ends after it.
      if (serving_ == std::this_thread::get_id()) return;
      if (session::WorkerSession::on_handler_thread(session_.get())) return;
      ended_.wait(lock, [this] { return session_ == nullptr; });
      served.swap(thread_);
    }
    if (served.joinable()) served.join();
  }

 private:
  using Joined = Result<std::unique_ptr<transport::Transport>>;

  /// Spawn mode (spec 5.1).
  Joined join_parent() const {
    transport::Endpoint endpoint;
    if (environment_->endpoint) {
      endpoint.kind = transport::Endpoint::Kind::unix_socket;
      endpoint.path = environment_->endpoint->path;
      endpoint.token = environment_->endpoint->token;
    } else {
      endpoint.port = *environment_->port;
    }
    return core_.transports->connect_as_worker(endpoint, {});
  }

  /// Connect mode (spec 5.2); it listens before anybody can find it.
  Joined join_registry() {
    if (options_.service_id.empty()) {
      return cannot_connect(
          "COMLINK_ZMQ_PORT is not set: a worker is started by its parent "
          "(ParentWorker::spawn), which tells it where to connect; to run it by hand, give it a "
          "service id");
    }
    transport::Endpoint endpoint;
    endpoint.host = options_.bind_host;
    auto listening = core_.transports->listen_as_worker(endpoint, {});
    if (!listening) return listening.failure();
    auto registration = registry::Registry(options_.registry_folder)
                            .add(options_.service_id, listening->endpoints.front().port);
    if (!registration) {
      core_.log(events::kRegistrationFailed, registration.failure().message(), about());
      return registration.failure();
    }
    core_.log(events::kServiceRegistered,
              "service '" + options_.service_id + "' listens at port " +
                  std::to_string(listening->endpoints.front().port),
              about());
    registration_.emplace(*std::move(registration));
    return std::move(listening->transport);
  }

  session::Log::About about() const { return {.worker = options_.service_id}; }

  Runtime::Core& core_;
  const ChildOptions options_;
  const Result<process::ChildEnvironment> environment_;
  process::Lifeline lifeline_;
  session::FunctionTable functions_;

  std::mutex mutex_;
  std::condition_variable ended_;
  std::shared_ptr<session::WorkerSession> session_;
  std::optional<registry::Registration> registration_;
  std::thread::id serving_;
  std::thread thread_;
};

ChildWorker::ChildWorker(ChildOptions options, Runtime* runtime)
    : state_(std::make_unique<State>(std::move(options), runtime)) {}

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
  if (!state_->parent_reads_pipes()) output.emplace(**session, !state_->has_parent());
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

int serve(Dispatcher& worker, const std::string& service_id) {
  return serve(worker, ChildOptions{.service_id = service_id});
}

int serve(Dispatcher& worker, const ChildOptions& options) {
  ChildWorker child(options);
  child.serve(worker);
  return child.run();
}

}  // namespace multifrost
