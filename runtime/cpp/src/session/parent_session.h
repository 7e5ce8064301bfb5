// A parent's session: sends calls to one worker and gives every one of them exactly one outcome
// (R4).
//
// A synchronous caller reads the connection himself while he waits; else the runtime's supervisor
// does (R1). What it does about its worker is decided by engine::ParentEngine, whose table says
// what leads to what; the session tells it what happens and does what it says. Calls are queued
// while the worker is being started. Thread rule: any thread, any method. Blocking rule: open(),
// close(), drain(), call() and waiting for an AsyncCall, each within its deadline. No lock is held
// over anything that can block; no user code runs under the lock, on a reader or on the supervisor.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/call_ledger.h"
#include "engine/deadline_queue.h"
#include "engine/parent_engine.h"
#include "multifrost/channel.h"
#include "multifrost/parent_worker.h"
#include "multifrost/stream.h"
#include "protocol/protocol.h"
#include "session/arrived.h"
#include "session/call.h"
#include "session/launcher.h"
#include "session/link.h"
#include "session/runtime_core.h"
#include "session/supervisor.h"

namespace multifrost::session {

class ParentSession final : public Watched, public std::enable_shared_from_this<ParentSession> {
 public:
  /// `name` stands for the worker in messages ("detector.py").
  ParentSession(Runtime::Core& core, std::unique_ptr<Launcher> launcher,
                const protocol::Protocol& protocol, std::string name, SpawnOptions options);
  ~ParentSession() override;

  // parent_lifecycle.cc
  Result<void> open();
  Result<void> close(std::chrono::nanoseconds deadline);
  Result<void> drain(std::chrono::nanoseconds deadline);
  ChannelState state() const noexcept;
  std::optional<int> process_id() const noexcept;
  Executor& executor() noexcept { return *core_.executor; }
  bool in_own_process() const noexcept;
  /// What everything gets in a child of fork(), where no lock may be asked for (R10).
  Failure misplaced(std::string_view what = {}) const;

  // parent_handshake.cc
  Result<void> expect(const Interface& interface);

  // parent_calls.cc
  Result<void> begin(Request& request, std::size_t arguments);
  Reply call(Request& request);
  std::shared_ptr<PendingCall> start(Request& request);

  // parent_streams.cc
  Result<OpenedStream> open_stream(Request& request);
  Result<std::optional<StreamItem>> next_item(StreamCall& stream);
  Result<void> send_item(StreamCall& stream);
  Result<void> finish_items(StreamCall& stream, std::optional<std::string> error);

  // For asynchronous calls.
  /// False: it had not ended by then.
  bool wait_for_end(Call& call, std::chrono::steady_clock::time_point until);
  void cancel(Call& call);
  /// False: the call has ended, and `continuation` is still the caller's.
  bool keep_continuation(AsyncCall& call, std::unique_ptr<Continuation>& continuation);
  /// The outcome of `call` is wanted as soon as it is there, but no thread waits for it.
  void attend(Call& call);

  // parent_health.cc
  bool healthy() const noexcept;
  bool circuit_open() const noexcept;
  void reset_circuit();
  std::optional<std::chrono::nanoseconds> last_round_trip() const noexcept;
  Metrics metrics() const;
  void reset_metrics();

  /// Answers that belonged to no open call (R4).
  std::uint64_t late_answers() const;

 private:
  friend class StreamCall;
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;
  using Phase = engine::ParentEngine::Phase;
  using Duty = engine::ParentEngine::Duty;
  enum Tag : unsigned { kTransport, kFlush, kExit, kLeader, kOut, kErr, kTagsPerLink };

  /// The session's lock. Who is to be woken, outcomes of asynchronous calls, and records for the
  /// log are collected under it and given out after it.
  class Lock {
   public:
    explicit Lock(const ParentSession& session)
        : session_(const_cast<ParentSession&>(session)), lock_(session_.mutex_) {}
    ~Lock() {
      if (is_held()) unlock();
    }
    void lock() { lock_.lock(); }
    void unlock() {
      if (session_.leaves_something_) return give_out();
      lock_.unlock();
    }
    bool is_held() const noexcept { return lock_.owns_lock(); }

    /// What std::condition_variable has; gives out first what has been collected.
    template <class Predicate>
    void wait(std::condition_variable& changed, Predicate ready) {
      wait_until(changed, Time::max(), ready);
    }
    template <class Predicate>
    bool wait_until(std::condition_variable& changed, Time until, Predicate ready) {
      for (bool in_time = true;;) {
        if (session_.leaves_something_) {
          give_out();
          lock_.lock();
        }
        if (ready()) return true;
        if (!in_time) return false;
        if (until == Time::max()) {
          changed.wait(lock_);
        } else {
          in_time = changed.wait_until(lock_, until) == std::cv_status::no_timeout;
        }
      }
    }

   private:
    void give_out();

    ParentSession& session_;
    std::unique_lock<std::mutex> lock_;
  };

  // parent_calls.cc
  std::optional<std::chrono::nanoseconds> timeout_of(const Request& request) const;
  void prepare(Call& call, const Request& request);
  void open_in_books(Call& call);
  bool close_in_books(Call& call, engine::Ending by, engine::Verdict& verdict);
  void enter(Lock& lock, Call& call, Buffer& message);
  void send(Lock& lock, Call& call, Buffer& message);
  void flush_queue(Link& link);
  void end(Call& call, engine::Ending by);
  void forget(Call& call);
  /// `outcome` is what the Reply is made of.
  template <class... Outcome>
  void finish(Call& call, Outcome&&... outcome) {
    call.reply.emplace(std::forward<Outcome>(outcome)...);
    finished(call);
  }
  void finished(Call& call);
  void dismiss(Seat& seat);
  void give_out_later(AsyncCall& call);
  void ring(Seat& seat, Doorbell::Ring what);
  bool may_hold(const Link& link, const Call& call) const noexcept;
  void hold(Link& link);
  void end_all(engine::Ending by);
  void tell_cancelled(Call& call);
  void say_cancelled(const Call& call);
  static std::uint64_t epoch_of(const Link& link) noexcept {
    return (link.number << 32) | static_cast<std::uint64_t>(link.peer);
  }
  /// `other`: the caller's choice, if he has made one.
  static std::string_view name_space_of(const Method& method, std::string_view other) noexcept {
    if (!other.empty()) return other;
    return method.name_space.empty() ? "default" : method.name_space;
  }

  // parent_failures.cc
  std::optional<Failure> refusal(const Method& method, bool has_deadline);
  Failure failure_of(const Call& call, engine::Ending by, engine::Verdict verdict) const;

  // parent_streams.cc
  static void announce_stream(const Method& method, protocol::CallHead& head);
  Failure carries_no_streams(const Method& method) const;
  void refuse_stream(Call& call);
  void fail_stream(Call& call, const std::string& why);
  void stream_ended(StreamCall& stream, const Reply& reply);
  void serve(Seat& seat);
  void wake_if_leads(const Call& call);
  void take_stream(Link& link, const protocol::Message& message, const transport::Event& event);
  void say(Link& link, Buffer message);
  bool say_the_rest(Link& link);
  void say_end(Link& link, StreamCall& stream);
  Failure unwritable(const StreamCall& stream) const;

  // parent_reading.cc
  void wait(Lock& lock, Call& call, Seat& seat, Time until, int wake = transport::kNoDescriptor);
  bool read_once(Lock& lock, Link& link, Time until, int wake);
  Doorbell::Ring wait_in_order(Lock& lock, Call& call, Seat& seat, Time until, int wake,
                               std::shared_ptr<Link>& joined);
  void leave(Lock& lock, Link& link, Seat& seat);
  void leave_order(Link& link, Seat& seat);
  void give_up_connection(Link& link) noexcept;
  void act(Link& link, const engine::ParentReadRole::Duty& duty) {
    if (!duty.nothing()) act_now(link, duty);
  }
  void act_now(Link& link, const engine::ParentReadRole::Duty& duty);
  void take(Lock& lock, Link& link, Arrived& arrived, Time now);
  void take_message(Lock& lock, Link& link, Arrived& arrived, Time now);
  void take_together(Lock& lock, Link& link, ArrivedTogether& batch);
  Call* find(const Link& link, std::string_view text);
  Call* end_answered(Link& link, std::string_view id);
  void took_result(Link& link, const protocol::Result& result, Bytes&& frame, Time now);
  void answered(Link& link, const protocol::Message& message, Bytes&& frame, Time now);
  void echoed(Link& link, const protocol::Message& message, const Bytes& frame, Time now);
  void became_ready(Link& link, Time now);

  // parent_handshake.cc
  std::optional<Failure> mismatch(const Link& link, const Interface& expected) const;
  bool suits(Link& link);
  void refused(Link& link, protocol::Reading reading, const protocol::Message& message,
               const transport::Event& event);

  // parent_supervision.cc
  void on_ready(unsigned tag) override;
  void on_time(Time now) override;
  void read_as_supervisor(const std::shared_ptr<Link>& link);
  void read_a_turn(Lock& lock, Link& link);
  void read_output(const std::shared_ptr<Link>& link, OutputStream stream);
  void watch_output(Link& link, OutputStream stream, bool on);
  void saw_exit(Link& link);
  void supervise(Link& link, Time now);
  void obey(Link& link, const Duty& duty, Time now);
  void beat(Link& link, Time now);
  void expire(Time now);
  void wake_at(Time time);
  Time next_time(const Link& link) const;

  // parent_log.cc
  void note(const LogEvent& event, std::string_view text, std::string_view call_id = {});
  void write_notes(const std::vector<Note>& notes) const noexcept;
  void circuit_changed();
  /// After whatever may have changed the breaker.
  void see_circuit() {
    if (engine_.breaker().state() != circuit_) circuit_changed();
  }

  // parent_health.cc
  /// The worker has ended `call`.
  void judge(const Call& call, engine::CircuitBreaker::Outcome outcome, Time now) {
    engine_.answered(call.epoch, outcome, call.probe, call.begun, now);
    see_circuit();
  }
  void judge_end(const Call& call, bool sent, engine::Ending by);
  std::string circuit_text() const;

  // parent_restart.cc
  void end_calls(Duty::Calls which, engine::Ending by);
  void set_ended(Failure failure);
  void go_on(Duty::Then then);
  void restart_when_due(const std::stop_token& stop);
  void restart();

  // parent_lifecycle.cc
  std::uint64_t closes_before_open();
  void adopt(Launched launched);
  void retire(Link& link);
  std::jthread end_worker(std::chrono::nanoseconds deadline);
  void stop(Lock& lock, const std::shared_ptr<Link>& link, std::chrono::nanoseconds grace);
  void record_end(Link& link);
  Failure closed_early() const;
  Failure end_of(const Link& link) const;
  Failure start_failure(const Link& link) const;

  Runtime::Core& core_;
  const std::unique_ptr<Launcher> launcher_;
  const protocol::Protocol& protocol_;
  const std::string name_;
  const SpawnOptions options_;
  const std::uint32_t process_epoch_;
  engine::CallIdSequence ids_;  ///< of all calls of this session

  std::mutex lifecycle_;  ///< open() and close() one after another

  mutable std::mutex mutex_;
  std::condition_variable phase_changed_;
  int draining_ = 0;               ///< threads in drain()
  int closing_ = 0;                ///< threads in close(), until nothing of the worker is left
  std::uint64_t closes_ = 0;       ///< ever begun
  std::atomic<bool> ours_{false};  ///< the worker reads our extensions; changed under the lock
  std::shared_ptr<Link> link_;
  std::deque<Call*> early_;  ///< calls that wait for a link, in order
  engine::ParentEngine engine_;
  std::optional<Failure> ended_;  ///< how the last worker, or attempt to start one, did
  engine::CallLedger ledger_;
  std::size_t unattended_ = 0;             ///< open calls that attend() was called for
  engine::DeadlineQueue deadlines_;        ///< of asynchronous calls
  engine::CircuitBreaker::State circuit_;  ///< as it was recorded last
  std::jthread restarter_;            ///< launches anew; runs from the first restart until close()
  protocol::InterfaceList expected_;  ///< by generated clients
  Supervisor::Key key_ = 0;
  Time wakes_at_ = Time::max();
  unsigned incarnation_ = 0;
  transport::EventFd leader_wake_;  ///< ends the wait of a leader who can be cancelled

  // What is collected under the lock and given out after it.
  static constexpr std::size_t kMostToWake = 16;
  bool leaves_something_ = false;  ///< there is any of it
  /// Asynchronous calls that have ended, in order.
  AsyncCall* first_ended_ = nullptr;
  AsyncCall* last_ended_ = nullptr;
  std::array<Doorbell::Address, kMostToWake> to_wake_{};
  std::size_t to_wake_count_ = 0;
  std::vector<Note> notes_;
};

}  // namespace multifrost::session
