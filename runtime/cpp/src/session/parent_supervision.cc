// What the supervisor does for a parent's session: idle reading, output, heartbeats, deadlines, the
// end.
#include <algorithm>
#include <csignal>

#include "session/next_call_id.h"
#include "session/parent_session.h"
#include "session/timeout_text.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;
using transport::Event;
using transport::Received;

/// After the exit: how long answers and output may still arrive (R1, R7). Another process can hold
/// either open.
constexpr auto kDrainAnswers = 100ms;
constexpr auto kDrainOutput = 200ms;
/// After the loss of the connection: how long its process may take to end before it is made to.
constexpr auto kExitAfterLoss = 500ms;

std::string exit_text(const ExitStatus& exit) {
  if (exit.code) return "ended with exit status " + std::to_string(*exit.code);
  if (exit.signal) return "was killed by signal " + std::to_string(*exit.signal);
  return "ended";
}

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
    case kOut:
      return read_output(link, OutputStream::out);
    case kErr:
      return read_output(link, OutputStream::err);
    default:
      break;
  }
  const Lock lock(*this);
  saw_exit(*link);
  settle(*link, Clock::now());
  wake_at(next_time(*link));
}

void ParentSession::read_as_supervisor(const std::shared_ptr<Link>& link) {
  Lock lock(*this);
  if (!link->role.supervisor_ready()) return;  // a caller has taken the connection since
  // One turn: the rest is reported again, and other workers get theirs (R3).
  for (std::size_t turn = transport::Limits{}.messages_per_turn;
       turn > 0 || link->transport->buffered(); --turn) {
    Arrived arrived;
    lock.unlock();
    const bool more = link->transport->try_receive(arrived.event) == Received::event;
    if (more) arrived.read(protocol_);
    const Time now = Clock::now();
    lock.lock();
    if (!more) break;
    take(lock, *link, arrived, now);
    if (arrived.event.kind == Event::Kind::closed) break;
  }
  act(*link, link->role.supervisor_done());
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
  settle(*link, Clock::now());
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
    beat(*link_, now);
    settle(*link_, now);
    wake_at(next_time(*link_));
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

void ParentSession::beat(Link& link, Time now) {
  if (link.peer == transport::PeerId::none || link.lost_at) return;
  if (link.heartbeat.expired(now)) {
    note(events::kHeartbeatMissed,
         name_ + " has missed " + std::to_string(link.heartbeat.misses()) + " heartbeats in a row");
    tripped(breaker_.beat_missed(epoch_of(link), link.heartbeat.exhausted(), now));
  }
  if (link.heartbeat.due(now, breaker_.probe_at()) != engine::Heartbeat::Due::send) return;
  const engine::CallId id = next_call_id();
  const auto text = id.text();
  Encoder to({}, protocol_.format());
  protocol_.heartbeat(to, {text.data(), text.size()}, link.ready ? nullptr : &expected_);
  link.heartbeat.sent(id, now);
  const bool taken = link.transport->try_send(link.peer, to.buffer()) == transport::Sent::taken;
  taken ? breaker_.probe_sent(now) : breaker_.probe_unsent(now);
  see_circuit();
}

void ParentSession::wake_at(Time time) {
  if (time >= wakes_at_ || key_ == 0) return;
  wakes_at_ = time;
  core_.supervisor.call_at(key_, time);
}

ParentSession::Time ParentSession::next_time(const Link& link) const {
  Time next = Time::max();
  if (link.settled) return next;
  if (link.tick_at) next = std::min(next, *link.tick_at);
  if (link.release_at) next = std::min(next, *link.release_at);
  if (link.peer != transport::PeerId::none && !link.lost_at) {
    next = std::min(next, link.heartbeat.next(breaker_.probe_at()));
  }
  if (link.exited_at) {
    const Time answers = *link.exited_at + kDrainAnswers;
    const Time output = *link.exited_at + kDrainOutput;
    next = std::min(next, link.lost_at || Clock::now() >= answers ? output : answers);
  } else if (link.lost_at && !link.given_up) {
    next = std::min(next, *link.lost_at + kExitAfterLoss);
  }
  return next;
}

void ParentSession::saw_exit(Link& link) {
  if (!link.process || link.exit) return;
  link.exit = link.process->try_reap();
  if (!link.exit) return;
  link.exited_at = Clock::now();
  core_.supervisor.unwatch(link.process->exit_descriptor());
}

/// Ends the link once everything that it may still bring has arrived.
void ParentSession::settle(Link& link, Time now) {
  if (link.settled) return;
  if (link.exit) {
    const bool answers = link.lost_at || now >= *link.exited_at + kDrainAnswers;
    const bool output = (link.out.ended && link.err.ended) || now >= *link.exited_at + kDrainOutput;
    if (!answers || !output) return;
    link.exit->last_output = link.output->last();
  } else if (!link.lost_at) {
    return;
  } else if (link.process) {
    if (link.given_up || now < *link.lost_at + kExitAfterLoss) return;
    // It lives without a connection, and its listener is closed: nobody can reach it any more.
    link.given_up = true;
    note(events::kConnectionLost,
         name_ + " lives on without its connection and cannot be reached again: it is killed");
    end_calls_of(link, engine::Ending::connection_lost);
    link.process->signal(SIGKILL);
    return;
  }
  FailureData data;
  data.code = ErrorCode::circuit_open;
  data.execution = Execution::not_executed;
  if (link.exit && !link.given_up) {
    data.message = name_ + " " + exit_text(*link.exit);
    if (!link.exit->last_output.empty()) data.message += ", after:\n" + link.exit->last_output;
    data.exit = link.exit;
  } else {
    data.message = "the connection to " + name_ + " was lost";
  }
  ended_ = Failure(std::move(data));
  if (link.exit) note(events::kWorkerExited, name_ + " " + exit_text(*link.exit));
  if (!link.exit) note(events::kConnectionLost, ended_->message());
  end_calls_of(link, link.exit ? engine::Ending::worker_exit : engine::Ending::connection_lost);
  retire(link);
  if (phase_ == Phase::ready) {
    worker_lost(now);
  } else if (phase_ == Phase::connecting) {
    phase_ = Phase::ended;  // open() tells its caller
  }
}

}  // namespace multifrost::session
