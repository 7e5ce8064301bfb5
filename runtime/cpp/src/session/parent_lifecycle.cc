// How a parent's session begins and ends: open, close, drain (spec 4.1, 5.1; R5, R7).
#include <algorithm>
#include <csignal>
#include <utility>

#include "engine/deadline_after.h"
#include "session/next_call_id.h"
#include "session/parent_session.h"
#include "session/process_epoch.h"
#include "session/timeout_text.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;

/// How long a SHUTDOWN message may take to leave.
constexpr auto kShutdownLeaves = 100ms;

constexpr unsigned kIncarnations = Supervisor::kTags / 8;

engine::ParentEngine::Options engine_options(const SpawnOptions& options, bool starts_processes) {
  using Breaker = engine::CircuitBreaker;
  return {.starts_processes = starts_processes,
          .circuit = {.enabled = options.circuit.enabled,
                      .literal = options.circuit.literal_counting,
                      .threshold = options.circuit.threshold.value_or(
                          Breaker::default_threshold(options.max_restart_attempts)),
                      .probe_by_call = options.circuit.probe_by_call},
          .heartbeat = {.interval = options.heartbeat_interval,
                        .timeout = options.heartbeat_timeout,
                        .max_misses = options.heartbeat_max_misses,
                        .handler_stall_timeout = options.handler_stall_timeout},
          .restart = {.auto_restart = options.auto_restart,
                      .max_attempts = options.max_restart_attempts,
                      .first_delay = options.restart_backoff.first,
                      .longest_delay = options.restart_backoff.longest,
                      .stable_after = options.restart_backoff.stable_after},
          .start_timeout = options.start_timeout,
          .kill_deadline = options.kill_deadline};
}

std::string exit_text(const ExitStatus& exit) {
  if (exit.code) return "ended with exit status " + std::to_string(*exit.code);
  if (exit.signal) return "was killed by signal " + std::to_string(*exit.signal);
  return "ended";
}

std::string last_words(const std::string& name, const ExitStatus& exit) {
  const std::string text = name + " " + exit_text(exit);
  return exit.last_output.empty() ? text : text + ", after:\n" + exit.last_output;
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
      ids_(next_call_id()),
      engine_(engine_options(options_, launcher_->starts_processes())),
      circuit_(engine_.breaker().state()) {}

ParentSession::~ParentSession() = default;

[[gnu::hot]] bool ParentSession::in_own_process() const noexcept {
  return process_epoch_ == process_epoch();
}

Failure ParentSession::misplaced(std::string_view what) const {
  return {ErrorCode::wrong_process, Execution::not_executed,
          std::string(what) + (what.empty() ? "" : ": ") + name_ +
              " belongs to the process that started it, not to a child of fork()"};
}

Result<void> ParentSession::open() {
  if (!in_own_process()) return misplaced();
  const std::uint64_t closes = closes_before_open();
  const std::lock_guard one_at_a_time(lifecycle_);
  std::shared_ptr<Link> former;  // goes without the lock: its transport may linger
  {
    Lock lock(*this);
    if (closes_ != closes) return closed_early();
    if (engine_.attempting()) {  // a restart; it may be nearly there
      lock.wait(phase_changed_, [&] { return !engine_.attempting(); });
      if (engine_.phase() == Phase::closed) return closed_early();
    }
    if (!engine_.start()) return {};
    ended_.reset();
    see_circuit();
    former.swap(link_);
  }
  former.reset();
  auto launched = launcher_->launch();
  Lock lock(*this);
  if (!launched) {
    const Duty duty = engine_.launch_failed(Clock::now(), 0);
    end_calls(duty.calls, duty.by);
    note(events::kStartFailed, launched.failure().message());
    return launched.failure();
  }
  adopt(*std::move(launched));
  // Calls that others made since `connecting` wait for this worker.
  lock.wait(phase_changed_, [&] { return engine_.phase() != Phase::connecting; });
  if (engine_.was_ready()) return {};
  Failure failure = engine_.phase() == Phase::closed ? closed_early() : *ended_;
  note(events::kStartFailed, failure.message());
  return failure;
}

/// A close() that has begun is waited for, so that it ends what was and nothing that begins now;
/// one that comes after this ends the open(). How many have begun so far.
std::uint64_t ParentSession::closes_before_open() {
  Lock lock(*this);
  lock.wait(phase_changed_, [&] { return closing_ == 0; });
  return closes_;
}

/// Makes what was launched the current link and puts it under supervision.
void ParentSession::adopt(Launched launched) {
  link_ = std::make_shared<Link>(std::move(launched.transport), std::move(launched.process));
  engine_.launched(link_->process.has_value(), Clock::now());
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
  wake_at(std::min(deadlines_.next(), next_time(link)));
  supervisor.watch(key_, link.tags + kTransport, link.transport->descriptor());
  const int flush = link.transport->flush_descriptor();
  if (flush != transport::kNoDescriptor) supervisor.watch(key_, link.tags + kFlush, flush);
  if (!link.process) return;
  supervisor.watch(key_, link.tags + kExit, link.process->exit_descriptor());
  const int leader = link.process->leader_descriptor();
  if (leader >= 0) supervisor.watch(key_, link.tags + kLeader, leader);
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
    supervisor.unwatch(link.process->leader_descriptor());
    watch_output(link, OutputStream::out, false);
    watch_output(link, OutputStream::err, false);
  }
  link.transport->shutdown();
  phase_changed_.notify_all();
}

/// Has the worker end, by itself within `grace` or else by force, and waits for it.
void ParentSession::stop(Lock& lock, const std::shared_ptr<Link>& link,
                         std::chrono::nanoseconds grace) {
  if (link->settled) return;
  const Time now = Clock::now();
  engine_.stop(now, grace);
  supervise(*link, now);
  lock.wait(phase_changed_, [&] { return link->settled; });
}

Result<void> ParentSession::close(std::chrono::nanoseconds deadline) {
  if (!in_own_process()) return misplaced();
  {
    const Lock lock(*this);  // an open() that still waits gives up
    ++closing_;
    ++closes_;
    const Duty duty = engine_.close();
    end_calls(duty.calls, duty.by);
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
  if (const std::shared_ptr<Link> link = link_; link && !link->settled) {
    std::chrono::nanoseconds grace{0};
    if (link->ready && link->process) {  // a service is not ours to end (R5)
      grace = std::min(deadline, options_.stop_deadline);
      Encoder to({}, protocol_.format());
      const auto id = next_call_id().text();
      protocol_.shutdown(to, {id.data(), id.size()});
      link->transport->try_send(link->peer, to.buffer());
      const Time now = Clock::now();
      lock.unlock();
      link->transport->finish(now + std::min<std::chrono::nanoseconds>(deadline, kShutdownLeaves));
      lock.lock();
    }
    stop(lock, link, grace);
  }
  restarter_.request_stop();
  --closing_;
  phase_changed_.notify_all();
  std::jthread restarter = std::move(restarter_);
  const Supervisor::Key key = std::exchange(key_, 0);
  lock.unlock();
  if (key != 0) core_.supervisor.remove(key);
  return restarter;
}

Result<void> ParentSession::drain(std::chrono::nanoseconds deadline) {
  if (!in_own_process()) return misplaced();
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
  const Time until = engine::deadline_after(Clock::now(), deadline);
  const bool drained = lock.wait_until(phase_changed_, until, empty);
  --draining_;
  if (drained) return {};
  return Failure(ErrorCode::timeout, Execution::unknown,
                 std::to_string(ledger_.size()) + " calls to " + name_ +
                     " were still in flight after " + duration_text(deadline));
}

/// What calls are told from now on, and the log.
void ParentSession::record_end(Link& link) {
  if (link.exit) {
    link.exit->last_output = link.output->last();
    note(events::kWorkerExited, name_ + " " + exit_text(*link.exit));
  }
  Failure failure = engine_.was_ready() ? end_of(link) : start_failure(link);
  if (!link.exit && !engine_.stopped()) note(events::kConnectionLost, failure.message());
  set_ended(std::move(failure));
}

Failure ParentSession::closed_early() const {
  return {ErrorCode::closed, Execution::not_executed, name_ + " was closed while it started"};
}

Failure ParentSession::end_of(const Link& link) const {
  FailureData data;
  data.code = ErrorCode::circuit_open;
  data.execution = Execution::not_executed;
  data.message = "the connection to " + name_ + " was lost";
  if (link.exit && !engine_.abandoned()) {
    data.message = last_words(name_, *link.exit);
    data.exit = link.exit;
  }
  return Failure(std::move(data));
}

Failure ParentSession::start_failure(const Link& link) const {
  if (link.unsuitable) return *link.unsuitable;
  FailureData data;
  data.code = ErrorCode::connection;
  data.execution = Execution::not_executed;
  data.message = "the connection to " + name_ + " was lost";
  if (engine_.timed_out()) {
    data.message = name_ +
                   (link.peer == transport::PeerId::none
                        ? " did not connect within "
                        : " connected but did not answer a heartbeat within ") +
                   duration_text(options_.start_timeout) +
                   "; does it run a ChildWorker? Its last output:\n" + link.output->last();
  } else if (link.exit && !engine_.abandoned()) {
    data.code = ErrorCode::worker_exited;
    data.exit = link.exit;
    data.message = last_words(name_, *link.exit) + "\n(it ended before it was ready)";
  }
  return Failure(std::move(data));
}

ChannelState ParentSession::state() const noexcept {
  if (!in_own_process()) return ChannelState::closed;
  const Lock lock(*this);
  switch (engine_.phase()) {
    case Phase::idle:
      return ChannelState::idle;
    case Phase::connecting:
      return ChannelState::connecting;
    case Phase::ready:
      return engine_.breaker().admits() ? ChannelState::ready : ChannelState::open_circuit;
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
  if (!in_own_process()) return std::nullopt;
  const Lock lock(*this);
  if (!link_ || !link_->process || link_->exit) return std::nullopt;
  return link_->process->pid();
}

}  // namespace multifrost::session
