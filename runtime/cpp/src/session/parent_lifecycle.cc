// How a parent's session begins and ends: open, close, drain (spec 4.1, 5.1; R5, R7).
#include <algorithm>
#include <csignal>
#include <utility>

#include "session/next_call_id.h"
#include "session/parent_session.h"
#include "session/process_epoch.h"
#include "session/timeout_text.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;

/// How long a SHUTDOWN message may take to leave.
constexpr auto kShutdownLeaves = 100ms;
/// SIGKILL is certain; its traces take a moment.
constexpr auto kAfterKill = 5s;

constexpr unsigned kIncarnations = Supervisor::kTags / 8;

engine::CircuitBreaker::Options breaker_options(const SpawnOptions& options) {
  using Breaker = engine::CircuitBreaker;
  Breaker::Options breaker;
  breaker.enabled = options.circuit.enabled;
  breaker.literal = options.circuit.literal_counting;
  breaker.probe_by_call = options.circuit.probe_by_call;
  breaker.threshold =
      options.circuit.threshold.value_or(Breaker::default_threshold(options.max_restart_attempts));
  return breaker;
}

}  // namespace

ParentSession::ParentSession(Runtime::Core& core, std::unique_ptr<Launcher> launcher,
                             const protocol::Protocol& protocol, std::string name,
                             SpawnOptions options)
    : core_(core),
      launcher_(std::move(launcher)),
      protocol_(protocol),
      name_(std::move(name)),
      options_(std::move(options)),
      process_epoch_(process_epoch()),
      id_half_(next_call_id().high),
      breaker_(breaker_options(options_)),
      circuit_(breaker_.state()),
      restarts_({.auto_restart = options_.auto_restart,
                 .max_attempts = options_.max_restart_attempts,
                 .first_delay = options_.restart_backoff.first,
                 .longest_delay = options_.restart_backoff.longest,
                 .stable_after = options_.restart_backoff.stable_after}) {}

ParentSession::~ParentSession() = default;

bool ParentSession::in_own_process() const noexcept { return process_epoch_ == process_epoch(); }

Result<void> ParentSession::open() {
  if (!in_own_process()) {
    return Failure(ErrorCode::wrong_process, Execution::not_executed,
                   name_ + " belongs to the process that made it, not to a child of fork()");
  }
  const std::lock_guard one_at_a_time(lifecycle_);
  std::shared_ptr<Link> former;  // goes without the lock: its transport may linger
  {
    const Lock lock(*this);
    if (phase_ == Phase::ready) return {};
    phase_ = Phase::connecting;
    ended_.reset();
    restart_at_.reset();
    restarts_.reset();
    breaker_.reset();
    see_circuit();
    former.swap(link_);
  }
  former.reset();
  auto launched = launcher_->launch();
  Lock lock(*this);
  if (!launched) {
    if (phase_ == Phase::connecting) phase_ = Phase::idle;
    end_all(engine::Ending::connection_lost);
    note(events::kStartFailed, launched.failure().message());
    return launched.failure();
  }
  adopt(*std::move(launched));
  const std::shared_ptr<Link> link = link_;
  // Calls that others made since `connecting` wait for this worker.
  const bool in_time = phase_changed_.wait_for(lock.native(), options_.start_timeout, [&] {
    return phase_ != Phase::connecting || link->settled || link->unsuitable;
  });
  if (link->was_ready) return {};
  const Failure failure = start_failure(*link, !in_time);
  note(events::kStartFailed, failure.message());
  end_process(lock, *link, Clock::now());
  if (phase_ != Phase::closed) phase_ = Phase::idle;
  return failure;
}

/// Makes what was launched the current link and puts it under supervision.
void ParentSession::adopt(Launched launched) {
  link_ = std::make_shared<Link>(
      std::move(launched.transport), std::move(launched.process),
      engine::Heartbeat::Options{.interval = options_.heartbeat_interval,
                                 .timeout = options_.heartbeat_timeout,
                                 .max_misses = options_.heartbeat_max_misses,
                                 .handler_stall_timeout = options_.handler_stall_timeout});
  Link& link = *link_;
  link.output =
      std::make_unique<WorkerOutput>(options_.output ? options_.output : make_printing_sink(name_),
                                     core_.executor, WorkerOutput::Dropped{core_.log, name_});
  link.number = ++incarnation_;
  note(events::kWorkerStarted,
       link.process ? name_ + " runs as process " + std::to_string(link.process->pid())
                    : name_ + " was found");
  link.tags = (incarnation_ % kIncarnations) * 8;
  // Calls that began while the worker was being launched wait for it in their order of arrival.
  link.queued.swap(early_);
  Supervisor& supervisor = core_.supervisor;
  if (key_ == 0) key_ = supervisor.add(shared_from_this());
  wakes_at_ = Time::max();
  wake_at(deadlines_.next());
  supervisor.watch(key_, link.tags + kTransport, link.transport->descriptor());
  const int flush = link.transport->flush_descriptor();
  if (flush != transport::kNoDescriptor) supervisor.watch(key_, link.tags + kFlush, flush);
  if (!link.process) return;
  supervisor.watch(key_, link.tags + kExit, link.process->exit_descriptor());
  watch_output(link, OutputStream::out, true);
  watch_output(link, OutputStream::err, true);
}

/// Nothing happens on the link any more: its watches go, its reader wakes.
void ParentSession::retire(Link& link) {
  link.settled = true;
  link.ready = false;
  Supervisor& supervisor = core_.supervisor;
  supervisor.unwatch(link.transport->descriptor());
  const int flush = link.transport->flush_descriptor();
  if (flush != transport::kNoDescriptor) supervisor.unwatch(flush);
  if (link.process) {
    supervisor.unwatch(link.process->exit_descriptor());
    watch_output(link, OutputStream::out, false);
    watch_output(link, OutputStream::err, false);
  }
  link.transport->shutdown();
  phase_changed_.notify_all();
}

/// Waits for the exit until `until`, then makes it happen; the link is settled afterwards.
void ParentSession::end_process(Lock& lock, Link& link, Time until) {
  const auto settled = [&] { return link.settled; };
  if (link.process) {
    phase_changed_.wait_until(lock.native(), until, settled);
    if (!link.settled && !link.exit) {
      link.process->pipes().lifeline.reset();
      link.process->signal(SIGTERM);
      phase_changed_.wait_for(lock.native(), options_.kill_deadline, settled);
    }
    if (!link.settled && !link.exit) link.process->signal(SIGKILL);
    phase_changed_.wait_for(lock.native(), kAfterKill, settled);
  }
  if (link.settled) return;
  end_calls_of(link, engine::Ending::connection_lost);
  retire(link);
}

Result<void> ParentSession::close(std::chrono::nanoseconds deadline) {
  if (!in_own_process()) {
    return Failure(ErrorCode::wrong_process, Execution::not_executed,
                   name_ + " belongs to the process that started it, not to a child of fork()");
  }
  {
    const Lock lock(*this);  // an open() that still waits gives up
    phase_ = Phase::closed;
    end_all(engine::Ending::close);
    phase_changed_.notify_all();
  }
  launcher_->give_up();
  std::jthread restarter;  // joined without a lock: it may be waiting for one
  {
    const std::lock_guard one_at_a_time(lifecycle_);
    restarter = end_worker(deadline);
  }
  return {};
}

/// Ends what runs, and hands out the restarter, which ends as well.
std::jthread ParentSession::end_worker(std::chrono::nanoseconds deadline) {
  Lock lock(*this);
  phase_ = Phase::closed;
  if (const std::shared_ptr<Link> link = link_; link && !link->settled) {
    const Time now = Clock::now();
    Time until = now;
    if (link->ready && link->process) {  // a service is not ours to end (R5)
      until = now + std::min(deadline, options_.stop_deadline);
      Encoder to({}, protocol_.format());
      const auto id = next_call_id().text();
      protocol_.shutdown(to, {id.data(), id.size()});
      link->transport->try_send(link->peer, to.buffer());
      lock.unlock();
      link->transport->finish(now + std::min<std::chrono::nanoseconds>(deadline, kShutdownLeaves));
      lock.lock();
      link->lost_at = Clock::now();
      link->given_up = true;  // by us: its exit is what we wait for now
    }
    end_process(lock, *link, until);
  }
  restart_at_.reset();
  restarter_.request_stop();
  phase_changed_.notify_all();
  std::jthread restarter = std::move(restarter_);
  const Supervisor::Key key = std::exchange(key_, 0);
  lock.unlock();
  if (key != 0) core_.supervisor.remove(key);
  return restarter;
}

Result<void> ParentSession::drain(std::chrono::nanoseconds deadline) {
  Lock lock(*this);
  if (link_) {
    const std::shared_ptr<Link> link = link_;
    act(*link, link->role.want_reader());
    lock.unlock();
    link->transport->release();
    lock.lock();
  }
  const auto empty = [&] { return ledger_.size() == 0; };
  ++draining_;
  const bool drained = phase_changed_.wait_for(lock.native(), deadline, empty);
  --draining_;
  if (drained) return {};
  return Failure(ErrorCode::timeout, Execution::unknown,
                 std::to_string(ledger_.size()) + " calls to " + name_ +
                     " were still in flight after " + duration_text(deadline));
}

Failure ParentSession::start_failure(const Link& link, bool timed_out) const {
  FailureData data;
  data.code = ErrorCode::connection;
  data.execution = Execution::not_executed;
  if (phase_ == Phase::closed) {
    data.code = ErrorCode::closed;
    data.message = name_ + " was closed while it started";
  } else if (link.unsuitable) {
    return *link.unsuitable;
  } else if (timed_out) {
    data.message = name_ +
                   (link.peer == transport::PeerId::none
                        ? " did not connect within "
                        : " connected but did not answer a heartbeat within ") +
                   duration_text(options_.start_timeout) +
                   "; does it run a ChildWorker? Its last output:\n" + link.output->last();
  } else if (link.exit) {
    data.code = ErrorCode::worker_exited;
    data.exit = link.exit;
    data.message = ended_->message() + "\n(it ended before it was ready)";
  } else {
    data.message = ended_ ? ended_->message() : "the connection to " + name_ + " was lost";
  }
  return Failure(std::move(data));
}

ChannelState ParentSession::state() const noexcept {
  const Lock lock(*this);
  switch (phase_) {
    case Phase::idle:
      return ChannelState::idle;
    case Phase::connecting:
      return ChannelState::connecting;
    case Phase::ready:
      return breaker_.admits() ? ChannelState::ready : ChannelState::open_circuit;
    case Phase::restarting:
      return ChannelState::restarting;
    case Phase::ended:
      return ChannelState::open_circuit;
    case Phase::closed:
      break;
  }
  return ChannelState::closed;
}

std::optional<int> ParentSession::process_id() const noexcept {
  const Lock lock(*this);
  if (!link_ || !link_->process || link_->exit) return std::nullopt;
  return link_->process->pid();
}

}  // namespace multifrost::session
