// Calls of a parent's session: from a request to its outcome.
#include <algorithm>
#include <utility>
#include <vector>

#include "engine/deadline_after.h"
#include "multifrost/trace_context.h"
#include "session/buffer_pool.h"
#include "session/call_memory.h"
#include "session/parent_channel.h"
#include "session/parent_session.h"
#include "session/process_epoch.h"
#include "session/stream_call.h"

namespace multifrost::session {
namespace {

using engine::Ending;
using engine::Verdict;
using transport::Sent;

/// With so many calls in flight the connection is busy, and a further one may travel with others.
constexpr std::size_t kBusy = 8;
/// Bytes that the system takes in less time than a lock costs those who come meanwhile.
constexpr std::size_t kQuickToSend = 4 * 1024;
/// How long a held call waits for company at most.
constexpr std::chrono::milliseconds kHeld{1};

/// Kept out of the way of calls that have none.
[[gnu::noinline]] void trace(const CallOptions& options, protocol::CallHead& head) {
  if (!is_traceparent(options.traceparent)) return;
  head.traceparent = options.traceparent;
  if (is_tracestate(options.tracestate)) head.tracestate = options.tracestate;
}

}  // namespace

[[gnu::hot]] std::optional<std::chrono::nanoseconds> ParentSession::timeout_of(
    const Request& request) const {
  if (request.options().timeout) return request.options().timeout;
  if (request.method().timeout.count() > 0) return request.method().timeout;
  return options_.default_timeout;
}

[[gnu::hot]] Result<void> ParentSession::begin(Request& request, std::size_t arguments) {
  protocol::CallHead head;  // reads the clock
  // Before any lock: a thread of the parent process may have held it at fork() (R10).
  if (!in_own_process()) return misplaced(request.method().label);
  // The usual case needs no lock; whatever changes meanwhile is seen when the call is opened.
  if (engine_.phase() != Phase::ready) {
    const Lock lock(*this);
    if (auto refused = refusal(request.method(), timeout_of(request).has_value())) {
      return *std::move(refused);
    }
  }
  if (ours_) {
    if (const auto timeout = timeout_of(request)) {
      const auto time = std::chrono::ceil<std::chrono::milliseconds>(*timeout).count();
      head.deadline_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(time, 0));
    }
  }
  const engine::CallId id = ids_.next();
  request.ticket = id.low;
  request.begun = head.now;
  const engine::CallId::Text text = ids_.text(id);
  head.id = {text.data(), text.size()};
  head.function = request.method().name;
  head.name_space = name_space_of(request.method(), request.options().name_space);
  if (!request.options().traceparent.empty()) trace(request.options(), head);
  if (request.method().stream != StreamKind::none) announce_stream(request.method(), head);
  head.arguments = arguments;
  take_buffer(request.encoder().buffer());
  request.encoder().begin(protocol_.format());
  protocol_.begin_call(request.encoder(), head);
  return {};
}

[[gnu::hot]] void ParentSession::prepare(Call& call, const Request& request) {
  call.id = ids_.with_low(request.ticket);
  call.method = &request.method();
  if (!request.options().name_space.empty()) call.other_name_space = request.options().name_space;
  call.begun = request.begun;
  call.timeout = timeout_of(request);
  if (call.timeout) call.deadline = engine::deadline_after(request.begun, *call.timeout);
}

[[gnu::hot, gnu::always_inline]] inline Reply ParentSession::call(Request& request) {
  protocol_.end_call(request.encoder());
  request.encoder().finish();
  Seat seat;
  Call call;
  call.seat = &seat;
  prepare(call, request);
  const StopToken& stop = request.options().stop;
  Lock lock(*this);
  if (!engine_.admits()) {
    if (auto refused = refusal(*call.method, call.timeout.has_value())) {
      return {*call.method, *std::move(refused)};
    }
  }
  open_in_books(call);
  if (stop.stop_requested()) {
    end(call, Ending::cancel);
  } else if (call.expired_at_birth()) {
    end(call, Ending::deadline);
  } else {
    send(lock, call, request.encoder().buffer());
    if (stop.stop_possible()) {
      lock.unlock();
      {
        const std::stop_callback on_stop(std::stop_token(stop), [this, &call] { cancel(call); });
        lock.lock();
        wait(lock, call, seat, call.deadline, leader_wake_.get());
        if (lock.is_held()) lock.unlock();
      }
      lock.lock();
    } else {
      wait(lock, call, seat, call.deadline);
    }
    if (!call.reply) {
      tell_cancelled(call);
      end(call, Ending::deadline);
    }
  }
  if (lock.is_held()) lock.unlock();
  if (seat.lent_to) seat.lent_to->end_loan(call.number.load(std::memory_order_acquire));
  give_buffer(request.encoder().buffer());
  return *std::move(call.reply);
}

/// Here, for the two to be one function (transfer.h says why).
[[gnu::hot]] Reply ParentChannel::call(Request& request) { return session_->call(request); }

[[gnu::hot]] std::shared_ptr<PendingCall> ParentSession::start(Request& request) {
  protocol_.end_call(request.encoder());
  request.encoder().finish();
  const auto pending =
      std::allocate_shared<AsyncCall>(CallAllocator<AsyncCall>(), shared_from_this());
  Call& call = pending->call_;
  prepare(call, request);
  const StopToken& stop = request.options().stop;
  {
    Lock lock(*this);
    pending->open_ = pending;
    if (!engine_.admits()) {
      if (auto refused = refusal(*call.method, call.timeout.has_value())) {
        finish(call, *call.method, *std::move(refused));
        return pending;
      }
    }
    enter(lock, call, request.encoder().buffer());
  }
  give_buffer(request.encoder().buffer());
  if (stop.stop_possible())
    pending->on_stop_.emplace(std::stop_token(stop), AsyncCall::Cancel{pending});
  return pending;
}

/// Begins a call that no thread waits for yet.
[[gnu::hot]] void ParentSession::enter(Lock& lock, Call& call, Buffer& message) {
  open_in_books(call);
  if (call.expired_at_birth()) return end(call, Ending::deadline);
  deadlines_.insert(call);
  wake_at(call.deadline);
  send(lock, call, message);
}

[[gnu::hot, gnu::always_inline]] inline void ParentSession::send(Lock& lock, Call& call,
                                                                 Buffer& message) {
  Link* const link = link_.get();
  std::shared_ptr<Link> kept;  // while the lock is given back
  if (link != nullptr && link->ready && !link->blocked && link->queued.empty()) {
    ledger_.sent(call, epoch_of(*link));
    const bool held = may_hold(*link, call);
    if (held) hold(*link);
    // Sending now is a system call, which others need not wait for, if there are any.
    const bool alone = ledger_.size() == 1 && message.size() < kQuickToSend;
    if (!held && !alone) {
      kept = link_;
      lock.unlock();
    }
    std::uint64_t number = 0;
    Sent sent{};
    if (call.owner == nullptr && message.borrows()) {
      // Large arguments of a caller who waits: they stay where they are until he goes.
      call.seat->lent_to = {kept, link->outlet.get()};  // the link with it: its transport must stay
      sent = link->outlet->lend(message, &number);
    } else {
      sent = link->outlet->try_send(message, &number,
                                    held ? transport::Urgency::held : transport::Urgency::now);
    }
    if (sent == Sent::taken) call.number.store(number, std::memory_order_release);
    if (kept) {
      lock.lock();
      if (call.cancel_owed && sent == Sent::taken && kept == link_) say_cancelled(call);
    }
    if (sent == Sent::taken || !ledger_.is_open(call)) return;
    ledger_.unsent(call);
    if (sent == Sent::full) link->blocked = true;
  }
  call.message = std::move(message);
  message = Buffer();
  if (link == nullptr || link->settled) return early_.push_back(&call);
  link->queued.push_back(&call);
  // Room may have come between try_send and here; if not, this asks for it again.
  if (link->ready && link->blocked) flush_queue(*link);
}

/// Whether a call may leave together with later ones: nobody waits for it yet, others are in
/// flight, and a waiting thread has read their answers lately, so it will be back and release what
/// is held. Where the supervisor reads, calls are made one by one as answers come.
[[gnu::hot]] bool ParentSession::may_hold(const Link& link, const Call& call) const noexcept {
  using State = engine::ParentReadRole::State;
  const State reader = link.role.state();
  return call.owner != nullptr && ledger_.size() > kBusy &&
         (reader == State::led || reader == State::parked);
}

void ParentSession::hold(Link& link) {
  if (link.release_at) return;
  link.release_at = Clock::now() + kHeld;
  wake_at(*link.release_at);
}

void ParentSession::flush_queue(Link& link) {
  link.blocked = false;
  if (!say_the_rest(link)) return;
  while (link.ready && !link.queued.empty()) {
    Call& call = *link.queued.front();
    if (call.stream != nullptr && !link.ours) {
      link.queued.pop_front();
      refuse_stream(call);
      continue;
    }
    ledger_.sent(call, epoch_of(link));
    std::uint64_t number = 0;
    const Sent sent = link.outlet->try_send(call.message, &number);
    if (sent != Sent::taken) {
      ledger_.unsent(call);
      link.blocked = sent == Sent::full;
      return;
    }
    call.number.store(number, std::memory_order_release);
    link.queued.pop_front();
    if (call.stream != nullptr && call.stream->unsaid_end_) say_end(link, *call.stream);
  }
  for (Seat* const seat : std::exchange(link.want_room, {})) {
    serve(*seat);
    if (seat->leads) leader_wake_.set();  // he may sleep where he does not see that there is room
  }
}

void ParentSession::end(Call& call, Ending by) {
  Verdict verdict{};
  if (!close_in_books(call, by, verdict)) return;
  finish(call, *call.method, failure_of(call, by, verdict));
}

/// A synchronous call whose caller gets an exception instead of an outcome.
void ParentSession::forget(Call& call) {
  const Seat& seat = *std::exchange(call.seat, nullptr);
  if (seat.lent_to) seat.lent_to->end_loan(call.number.load(std::memory_order_acquire));
  Verdict verdict{};
  if (close_in_books(call, Ending::cancel, verdict)) finished(call);
}

/// The call has its outcome.
[[gnu::hot]] void ParentSession::finished(Call& call) {
  if (AsyncCall* const owner = call.owner) {
    deadlines_.remove(call);
    if (call.unattended) --unattended_;
    if (call.stream != nullptr) stream_ended(*call.stream, *call.reply);
    give_out_later(*owner);
  }
  if (draining_ != 0 && ledger_.size() == 0) phase_changed_.notify_all();
  if (call.seat != nullptr && !call.seat->leads) dismiss(*std::exchange(call.seat, nullptr));
}

/// Whoever waits for the outcome sleeps, and needs nothing more of the session when he wakes: from
/// here on he, his seat and a synchronous call may be gone.
void ParentSession::dismiss(Seat& seat) {
  if (Link* const link = std::exchange(seat.link, nullptr)) link->role.leave(seat, false);
  ring(seat, Doorbell::Ring::over);
}

void ParentSession::ring(Seat& seat, Doorbell::Ring what) {
  const Doorbell::Address address = seat.bell.ring(what);
  if (to_wake_count_ == kMostToWake) return Doorbell::wake(address);
  to_wake_[to_wake_count_++] = address;
  leaves_something_ = true;
}

[[gnu::hot]] void ParentSession::give_out_later(AsyncCall& call) {
  (last_ended_ != nullptr ? last_ended_->ended_next_ : first_ended_) = &call;
  last_ended_ = &call;
  leaves_something_ = true;
  call.ended_.store(true, std::memory_order_release);
}

void ParentSession::attend(Call& call) {
  const Lock lock(*this);
  if (!ledger_.is_open(call) || call.unattended) return;
  call.unattended = true;
  ++unattended_;
  if (link_) act(*link_, link_->role.want_reader());
}

void ParentSession::cancel(Call& call) {
  const Lock lock(*this);
  tell_cancelled(call);
  end(call, Ending::cancel);
  wake_if_leads(call);
}

bool ParentSession::keep_continuation(AsyncCall& call,
                                      std::unique_ptr<Continuation>& continuation) {
  {
    const Lock lock(*this);
    if (!ledger_.is_open(call.call_)) return false;
    call.continuation_ = std::move(continuation);
  }
  attend(call.call_);
  return true;
}

bool ParentSession::wait_for_end(Call& call, Time until) {
  Seat seat;
  Lock lock(*this);
  call.seat = &seat;
  wait(lock, call, seat, until, leader_wake_.get());
  if (!lock.is_held()) return true;
  call.seat = nullptr;
  return !ledger_.is_open(call);
}

void ParentSession::end_all(Ending by) {
  while (engine::CallLedger::Entry* const entry = ledger_.any())
    end(static_cast<Call&>(*entry), by);
}

[[gnu::hot]] void ParentSession::open_in_books(Call& call) {
  ledger_.open(call);
  engine_.began();
  if (engine_.breaker().admits()) return;
  call.probe = engine_.admit_probe(Clock::now());  // as refusal() has said under this lock
  see_circuit();
}

bool ParentSession::close_in_books(Call& call, Ending by, Verdict& verdict) {
  const bool sent = ledger_.is_sent(call);
  if (!ledger_.end(call, by, verdict, link_ ? link_->written : 0)) return false;
  if (!sent) {
    if (link_) std::erase(link_->queued, &call);
    std::erase(early_, &call);
  }
  judge_end(call, sent, by);
  return true;
}

void ParentSession::tell_cancelled(Call& call) {
  if (!ledger_.is_sent(call)) return;
  // A cancel must not overtake its call: whoever is just sending that tells of it afterwards.
  call.cancel_owed = call.number.load(std::memory_order_acquire) == 0;
  if (!call.cancel_owed) say_cancelled(call);
}

void ParentSession::say_cancelled(const Call& call) {
  if (!link_ || !link_->ready || !link_->ours) return;
  Encoder to({}, protocol_.format());
  const auto id = call.id.text();
  protocol_.cancel(to, {id.data(), id.size()});
  say(*link_, to.take_buffer());
}

std::uint64_t ParentSession::late_answers() const {
  if (!in_own_process()) return 0;
  const Lock lock(*this);
  return ledger_.late();
}

[[gnu::hot]] void ParentSession::Lock::give_out() {
  session_.leaves_something_ = false;
  AsyncCall* ended = std::exchange(session_.first_ended_, nullptr);
  session_.last_ended_ = nullptr;
  const std::vector<Note> notes = std::exchange(session_.notes_, {});
  const auto to_wake = session_.to_wake_;
  const std::size_t count = std::exchange(session_.to_wake_count_, 0);
  lock_.unlock();
  for (std::size_t i = 0; i < count; ++i) Doorbell::wake(to_wake[i]);
  if (!notes.empty()) session_.write_notes(notes);
  while (ended != nullptr) {
    const std::shared_ptr<AsyncCall> call = std::move(ended->open_);
    ended = call->ended_next_;
    if (call->continuation_) call->post(std::move(call->continuation_));
  }
}

}  // namespace multifrost::session
