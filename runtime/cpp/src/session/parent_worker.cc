#include "multifrost/parent_worker.h"

#include "session/dynamic_call.h"
#include "session/parent_channel.h"

namespace multifrost {

class ParentWorker::State {
 public:
  explicit State(std::shared_ptr<session::ParentChannel> channel) noexcept
      : channel_(std::move(channel)) {}
  ~State() { close(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  const std::shared_ptr<session::ParentChannel>& channel() const noexcept { return channel_; }
  session::ParentSession& session() const noexcept { return channel_->session(); }
  void close() const { session().close(std::chrono::nanoseconds::max()).ok(); }

 private:
  const std::shared_ptr<session::ParentChannel> channel_;
};

ParentWorker ParentWorker::spawn(const std::string& script, const std::string& executable,
                                 const SpawnOptions& options, Runtime* runtime) {
  return ParentWorker(
      std::make_shared<State>(session::make_spawn_channel(script, executable, options, runtime)));
}

Result<ParentWorker> ParentWorker::try_connect(const std::string& service_id,
                                               const ConnectOptions& options, Runtime* runtime) {
  ParentWorker worker(
      std::make_shared<State>(session::make_connect_channel(service_id, options, runtime)));
  if (const auto started = worker.try_start(); !started) return started.failure();
  return worker;
}

ParentWorker ParentWorker::connect(const std::string& service_id, const ConnectOptions& options,
                                   Runtime* runtime) {
  return try_connect(service_id, options, runtime).value();
}

ParentWorker ParentWorker::connect(const std::string& service_id,
                                   std::chrono::nanoseconds timeout) {
  return connect(service_id, ConnectOptions{.timeout = timeout});
}

ParentWorker::ParentWorker(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
ParentWorker::ParentWorker(ParentWorker&&) noexcept = default;
ParentWorker& ParentWorker::operator=(ParentWorker&&) noexcept = default;
ParentWorker::~ParentWorker() = default;

void ParentWorker::start() { try_start().value(); }
Result<void> ParentWorker::try_start() { return state_->session().open(); }
void ParentWorker::close() { state_->close(); }

Result<Value> ParentWorker::try_call(std::string_view function,
                                     const std::vector<Value>& arguments) const {
  return session::dynamic_call(*state_->channel(), function, arguments, {});
}

Pending<Value> ParentWorker::start_call(std::string_view function,
                                        const std::vector<Value>& arguments) const {
  return session::start_dynamic_call(*state_->channel(), function, arguments, {});
}

ParentWorker::With ParentWorker::with(CallOptions options) const {
  return With(state_->channel(), std::move(options));
}

std::shared_ptr<Channel> ParentWorker::channel() const { return state_->channel(); }

bool ParentWorker::is_healthy() const noexcept { return state_->session().healthy(); }
bool ParentWorker::circuit_open() const noexcept { return state_->session().circuit_open(); }
void ParentWorker::reset_circuit() { state_->session().reset_circuit(); }
std::optional<std::chrono::nanoseconds> ParentWorker::last_heartbeat_rtt() const noexcept {
  return state_->session().last_round_trip();
}
Metrics ParentWorker::metrics() const { return state_->session().metrics(); }
void ParentWorker::reset_metrics() { state_->session().reset_metrics(); }

std::optional<int> ParentWorker::process_id() const noexcept {
  return state_->session().process_id();
}

Result<Value> ParentWorker::With::try_call(std::string_view function,
                                           const std::vector<Value>& arguments) const {
  return session::dynamic_call(*channel_, function, arguments, options_);
}

Pending<Value> ParentWorker::With::start_call(std::string_view function,
                                              const std::vector<Value>& arguments) const {
  return session::start_dynamic_call(*channel_, function, arguments, options_);
}

}  // namespace multifrost
