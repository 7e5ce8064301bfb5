// What the supervisor does for a parent's session: idle reading, output, heartbeats, deadlines, the
// end.
#include <algorithm>
#include <csignal>
#include <new>

#include "session/next_call_id.h"
#include "session/parent_session.h"
#include "session/timeout_text.h"

namespace multifrost::session {
namespace {

using transport::Event;
using transport::Received;

using Signal = engine::ParentEngine::Duty::Signal;

}  // namespace

void ParentSession::on_ready(unsigned tag) {
  std::shared_ptr<Link> link;
  {
    const Lock lock(*this);
    link = link_;
    if (!link || link->settled || tag < link->tags || tag >= link->tags + kTagsPerLink) return;
  }
  switch (tag - link->tags) {
    case kTransport:
      return read_as_supervisor(link);
    case kFlush: {
      link->transport->flush();
      // A leader that sleeps in recv does not see that there is room again.
      const Lock lock(*this);
      if (link->blocked) flush_queue(*link);
      return;
    }
    case kLeader: {
      const Lock lock(*this);
      core_.supervisor.unwatch(link->process->leader_descriptor());  // it says that once
      const Time now = Clock::now();
      engine_.exit_follows(now);
      return supervise(*link, now);
    }
    case kOut:
      return read_output(link, OutputStream::out);
    case kErr:
      return read_output(link, OutputStream::err);
    default:
      break;
  }
  const Lock lock(*this);
  saw_exit(*link);
  supervise(*link, Clock::now());
}

void ParentSession::read_as_supervisor(const std::shared_ptr<Link>& link) {
  Lock lock(*this);
  if (!link->role.supervisor_ready()) return;  // a caller has taken the connection since
  try {
    read_a_turn(lock, *link);
  } catch (const std::bad_alloc&) {
    if (!lock.is_held()) lock.lock();
    give_up_connection(*link);
  }
  act(*link, link->role.supervisor_done());
}

/// The rest is reported again, and other workers get their turns (R3).
void ParentSession::read_a_turn(Lock& lock, Link& link) {
  std::size_t left = transport::Limits{}.messages_per_turn;
  while (left > 0 || link.transport->buffered()) {
    if (left > 0) --left;
    Arrived arrived;
    lock.unlock();
    const bool more = link.transport->try_receive(arrived.event) == Received::event;
    if (more) arrived.read(protocol_);
    const Time now = Clock::now();
    lock.lock();
    if (!more) break;
    take(lock, link, arrived, now);
    if (arrived.event.kind == Event::Kind::closed) break;
  }
}

void ParentSession::read_output(const std::shared_ptr<Link>& link, OutputStream stream) {
  {
    const Lock lock(*this);
    if (!link->pipe(stream).watched) return;
    // Not watched while it is read: at its end the pipe is closed, and its number may be another's
    // then.
    watch_output(*link, stream, false);
  }
  process::ChildPipes& pipes = link->process->pipes();
  const bool open = link->output->read(stream, stream == OutputStream::out ? pipes.out : pipes.err);
  const Lock lock(*this);
  if (open) return watch_output(*link, stream, true);
  link->pipe(stream).ended = true;
  if (link->settled || !link->out.ended || !link->err.ended) return;
  engine_.output_ended();
  supervise(*link, Clock::now());
}

void ParentSession::watch_output(Link& link, OutputStream stream, bool on) {
  Link::Pipe& pipe = link.pipe(stream);
  if (pipe.watched == on || pipe.ended || (on && link.settled)) return;
  pipe.watched = on;
  process::ChildPipes& pipes = link.process->pipes();
  const int descriptor = (stream == OutputStream::out ? pipes.out : pipes.err).get();
  if (on) {
    core_.supervisor.watch(key_, link.tags + (stream == OutputStream::out ? kOut : kErr),
                           descriptor);
  } else {
    core_.supervisor.unwatch(descriptor);
  }
}

void ParentSession::on_time(Time now) {
  const Lock lock(*this);
  wakes_at_ = Time::max();
  expire(now);
  if (link_ && !link_->settled) {
    if (link_->tick_at && *link_->tick_at <= now) {
      link_->tick_at.reset();
      act(*link_, link_->role.tick());
    }
    if (link_->release_at && *link_->release_at <= now) {
      link_->release_at.reset();
      link_->transport->release();
    }
    supervise(*link_, now);
  }
  wake_at(deadlines_.next());
}

void ParentSession::expire(Time now) {
  while (deadlines_.next() <= now) {
    Call& call = static_cast<Call&>(deadlines_.first());
    tell_cancelled(call);
    end(call, engine::Ending::deadline);
    wake_if_leads(call);
  }
}

/// Does what the engine wants done about the current worker.
void ParentSession::supervise(Link& link, Time now) {
  if (link.settled) return;
  obey(link, engine_.step(now, random_number()), now);
  wake_at(next_time(link));
}

void ParentSession::obey(Link& link, const Duty& duty, Time now) {
  if (duty.missed) {
    note(events::kHeartbeatMissed, name_ + " has missed " +
                                       std::to_string(engine_.heartbeat()->misses()) +
                                       " heartbeats in a row");
  }
  if (duty.beat) beat(link, now);
  if (duty.abandoned) {
    note(events::kConnectionLost,
         name_ + " lives on without its connection and cannot be reached again: it is killed");
  }
  if (duty.signal == Signal::terminate) {
    link.process->pipes().lifeline.reset();
    link.process->signal(SIGTERM);
  } else if (duty.signal == Signal::kill) {
    link.process->signal(SIGKILL);
  }
  link.ready = engine_.usable();
  if (duty.over) record_end(link);
  end_calls(duty.calls, duty.by);
  if (duty.over) retire(link);
  go_on(duty.then);
}

void ParentSession::beat(Link& link, Time now) {
  const engine::CallId id = next_call_id();
  const auto text = id.text();
  Encoder to({}, protocol_.format());
  protocol_.heartbeat(to, {text.data(), text.size()}, link.ready ? nullptr : &expected_);
  const bool left = link.transport->try_send(link.peer, to.buffer()) == transport::Sent::taken;
  engine_.beat_sent(id, left, now);
}

[[gnu::hot]] void ParentSession::wake_at(Time time) {
  if (time >= wakes_at_ || key_ == 0) return;
  wakes_at_ = time;
  core_.supervisor.call_at(key_, time);
}

ParentSession::Time ParentSession::next_time(const Link& link) const {
  Time next = Time::max();
  if (link.settled) return next;
  if (link.tick_at) next = std::min(next, *link.tick_at);
  if (link.release_at) next = std::min(next, *link.release_at);
  return std::min(next, engine_.next());
}

void ParentSession::saw_exit(Link& link) {
  if (!link.process || link.exit) return;
  link.exit = link.process->try_reap();
  if (!link.exit) return;
  engine_.exited(Clock::now());
  core_.supervisor.unwatch(link.process->exit_descriptor());
}

}  // namespace multifrost::session
