// What either of a worker's readers does with an event, and the standby thread (R2).
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "session/next_call_id.h"
#include "session/worker_session.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;
using transport::Event;
using transport::PeerId;
using transport::Received;

/// A handler that outlives its parent by this much is stuck; the process ends (R2).
constexpr auto kStuck = 500ms;

}  // namespace

[[gnu::hot]] void WorkerSession::handle(Event& event, bool may_run) {
  switch (event.kind) {
    case Event::Kind::message:
      return handle_message(event, may_run);
    case Event::Kind::lost:
      return lose(event.peer);
    case Event::Kind::closed:
      return stop();
    case Event::Kind::room:
      return output_event_.set();
    case Event::Kind::connected:
      return;
  }
}

[[gnu::hot]] void WorkerSession::handle_message(Event& event, bool may_run) {
  protocol::Message message;
  if (protocol_.read(event.payload, message) != protocol::Reading::message) {
    options_.log(events::kForeignMessage, "a message that is none of ours was ignored",
                 {.worker = options_.name});
    return;
  }
  if (known_ != event.peer) {
    const std::lock_guard lock(mutex_);
    if (parents_.insert(event.peer).second) output_event_.set();
    known_ = event.peer;
  }
  switch (message.kind) {
    case protocol::MessageKind::call: {
      WaitingCall call{event.peer, std::move(event.payload), message.id,
                       may_run ? looked_at() : Clock::now(), event.more};
      if (may_run) return run(*slots_.front(), message, call, call.arrived);
      return queue(std::move(call));
    }
    case protocol::MessageKind::heartbeat:
      return echo(event.peer, message);
    case protocol::MessageKind::cancel:
      return cancel(event.peer, message.id);
    case protocol::MessageKind::shutdown:
      if (!options_.obey_shutdown) return;
      dismissed_ = true;
      return stop();
    case protocol::MessageKind::stream_item:
    case protocol::MessageKind::stream_end:
    case protocol::MessageKind::credit:
      return take_stream(event.peer, message, event);
    default:
      return;  // spec 13.3: unknown types are ignored
  }
}

void WorkerSession::echo(PeerId peer, const protocol::Message& beat) {
  if (!beat.damage.empty() || beat.is_echo) return;
  if (beat.extras.present) {
    const std::lock_guard lock(mutex_);
    ours_.insert(peer);
  }
  std::optional<std::uint64_t> busy;
  const auto time = busy_time();
  if (time.count() > 0) busy = static_cast<std::uint64_t>(time.count());
  Encoder to({}, protocol_.format());
  protocol_.echo(to, beat, busy, functions_.interfaces());
  transport_->try_send(peer, to.buffer());
}

std::chrono::milliseconds WorkerSession::busy_time() {
  const auto now = Clock::now();
  auto longest = now;
  const std::lock_guard lock(mutex_);
  for (const auto& slot : slots_) {
    if (slot->runs()) longest = std::min(longest, slot->since);
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(now - longest);
}

void WorkerSession::cancel(PeerId peer, std::string_view id) {
  {
    const std::lock_guard lock(mutex_);
    // A queued call that nobody wants any more: its caller has had its outcome already.
    queue_.drop(peer, id);
  }
  stop_running(ErrorCode::cancelled, [&](HandlerSlot& slot) { return slot.runs(peer, id); });
}

void WorkerSession::stop_running(ErrorCode why,
                                 const std::function<bool(HandlerSlot&)>& which) noexcept {
  for (const auto& slot : slots_) {
    std::stop_source source{std::nostopstate};
    std::shared_ptr<WorkerStream> stream;
    {
      const std::lock_guard lock(mutex_);
      if (!slot->runs() || !which(*slot)) continue;
      source = slot->source_to_stop(why);
      stream = slot->stream;
    }
    source.request_stop();
    if (stream) stream->fail(why);
  }
}

void WorkerSession::lose(PeerId peer) {
  {
    const std::lock_guard lock(mutex_);
    if (parents_.erase(peer) != 0) output_event_.set();
    ours_.erase(peer);
    queue_.drop(peer);
  }
  stop_running(ErrorCode::connection, [&](HandlerSlot& slot) { return slot.runs(peer); });
  if (options_.many_parents) return;
  // A parent that has dismissed us hangs up, but waits for the running call; it is not gone.
  dismissed_ ? stop() : parent_gone();
}

void WorkerSession::parent_gone() {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = !parent_lost_at_;
    if (first) parent_lost_at_ = Clock::now();
  }
  if (first) {
    options_.log(events::kParentGone, "the parent is gone: this worker ends",
                 {.worker = options_.name});
  }
  stop();
  tick_.arm(kStuck);  // so that the standby looks again
}

std::vector<PeerId> WorkerSession::parents() {
  const std::lock_guard lock(mutex_);
  return {parents_.begin(), parents_.end()};
}

transport::Sent WorkerSession::send_output(PeerId parent, protocol::OutputStream stream,
                                           std::string_view text) {
  Encoder to({}, protocol_.format());
  const auto id = next_call_id().text();
  protocol_.output(to, {id.data(), id.size()}, stream, text);
  return transport_->try_send(parent, to.buffer(), nullptr, transport::Urgency::spare);
}

// ---- the standby

void WorkerSession::standby() {
  std::uint64_t last = 0;
  while (!standby_ends_) {
    const int watched[] = {outside_.descriptor(), tick_.get()};
    const unsigned ready = transport::wait_readable(watched, 2, transport::kNoDeadline);
    if ((ready & 1u) != 0) look_outside();
    if ((ready & 2u) != 0) standby_tick(last);
  }
}

void WorkerSession::standby_tick(std::uint64_t& last) {
  using Tick = engine::WorkerReadRole::Tick;
  tick_.clear();
  end_if_stuck();
  const Tick tick = role_.tick(last);
  if (tick == Tick::take) standby_reads();
  if (tick != Tick::rest) tick_.arm(kTick);
}

void WorkerSession::standby_reads() {
  bool open = true;
  while (!role_.asked_back()) {
    const auto until = stuck_at();
    if (open && !queue_is_full()) {
      Event event;
      const Received received = transport_->receive(event, until, outside_.descriptor());
      if (received == Received::woken) look_outside();
      if (received == Received::event) {
        open = event.kind != Event::Kind::closed;
        handle(event, false);
      }
    } else {
      const int outside = outside_.descriptor();
      if (transport::wait_readable(&outside, 1, until) != 0) look_outside();
    }
    end_if_stuck();
  }
  role_.give_back();
  fixed_wake_.set();
}

void WorkerSession::look_outside() {
  std::array<std::uint64_t, 4> ready;
  const std::size_t count = outside_.wait(ready, Clock::now());
  for (std::size_t i = 0; i < count; ++i) {
    if (ready[i] == kWake) {
      standby_wake_.clear();
    } else if (ready[i] == kLifeline) {
      if (!options_.lifeline->parent_gone()) continue;   // a wrapper wrote something
      outside_.remove(options_.lifeline->descriptor());  // gone once and for all
      parent_gone();
    } else if (ready[i] == kFlush) {
      if (transport_->flush()) output_event_.set();
    } else {
      outside_.remove(options_.signals);
      stop();
    }
  }
}

bool WorkerSession::queue_is_full() {
  const std::lock_guard lock(mutex_);
  return !may_read();
}

WorkerSession::Clock::time_point WorkerSession::stuck_at() {
  const std::lock_guard lock(mutex_);
  return parent_lost_at_ ? std::max(*parent_lost_at_ + kStuck, Clock::now() + 10ms)
                         : transport::kNoDeadline;
}

void WorkerSession::end_if_stuck() {
  {
    const std::lock_guard lock(mutex_);
    if (!options_.may_end_process || !parent_lost_at_) return;
    const auto runs = [](const auto& slot) { return slot->runs(); };
    if (std::none_of(slots_.begin(), slots_.end(), runs)) return;
    if (Clock::now() - *parent_lost_at_ < kStuck) return;
  }
  options_.log(events::kHandlerStuck, "a handler is stuck and the parent is gone: the process ends",
               {.worker = options_.name});
  ::_exit(1);  // no destructors: the handler still uses what they would destroy
}

}  // namespace multifrost::session
