// Calls with streams of a parent's session (wire page "Streams"): opening them, their items in both
// directions, and what their messages do to them.
#include <algorithm>
#include <string>
#include <utility>

#include "session/buffer_pool.h"
#include "session/frame_part.h"
#include "session/parent_session.h"
#include "session/stream_call.h"

namespace multifrost::session {
namespace {

using engine::Ending;
using transport::Sent;

std::string label_of(const Call& call) { return std::string(call.method->label) + ": "; }

/// A writer is woken when there is room, as long as this lives; under the session's lock.
class WantRoom {
 public:
  WantRoom(std::shared_ptr<Link> link, Seat& seat) : link_(std::move(link)), seat_(seat) {
    if (link_ && link_->blocked) link_->want_room.push_back(&seat_);
  }
  WantRoom(const WantRoom&) = delete;
  WantRoom& operator=(const WantRoom&) = delete;
  ~WantRoom() {
    if (link_) std::erase(link_->want_room, &seat_);
  }

 private:
  const std::shared_ptr<Link> link_;
  Seat& seat_;
};

bool result_streams(StreamKind kind) noexcept {
  return kind == StreamKind::from_worker || kind == StreamKind::both;
}

}  // namespace

StreamCall::StreamCall(std::shared_ptr<ParentSession> session, StreamKind kind) noexcept
    : AsyncCall(std::move(session)), intake_(result_streams(kind) ? engine::kStreamWindow : 0) {
  call().stream = this;
  if (kind == StreamKind::from_worker) outflow_.close();
}

StreamCall::~StreamCall() = default;

// ---- beginning and ending

void ParentSession::announce_stream(const Method& method, protocol::CallHead& head) {
  if (result_streams(method.stream)) head.credit = engine::kStreamWindow;
}

Failure ParentSession::carries_no_streams(const Method& method) const {
  return {ErrorCode::unimplemented, Execution::not_executed,
          std::string(method.label) + ": not sent: " + name_ +
              " carries no streams; they need a worker of the runtimes that mfgen brings "
              "(docs/wire.md)"};
}

Result<OpenedStream> ParentSession::open_stream(Request& request) {
  protocol_.end_call(request.encoder());
  request.encoder().finish();
  const auto stream = std::make_shared<StreamCall>(shared_from_this(), request.method().stream);
  Call& call = stream->call();
  prepare(call, request);
  {
    Lock lock(*this);
    if (auto refused = refusal(*call.method, call.timeout.has_value())) return *std::move(refused);
    if (link_ && link_->ready && !link_->ours) return carries_no_streams(*call.method);
    stream->open_ = stream;
    enter(lock, call, request.encoder().buffer());
  }
  give_buffer(request.encoder().buffer());
  const StopToken& stop = request.options().stop;
  if (stop.stop_possible())
    stream->on_stop_.emplace(std::stop_token(stop), AsyncCall::Cancel{stream});
  return OpenedStream{stream, stream};
}

/// A call that waited for a worker, which now turns out not to be one of ours.
void ParentSession::refuse_stream(Call& call) {
  engine::Verdict verdict{};
  ledger_.end(call, Ending::cancel, verdict);
  judge_end(call, false, Ending::connection_lost);
  finish(call, *call.method, carries_no_streams(*call.method));
  wake_if_leads(call);
}

/// The worker does not keep to the protocol: the call ends, the connection does not.
void ParentSession::fail_stream(Call& call, const std::string& why) {
  tell_cancelled(call);
  engine::Verdict verdict{};
  ledger_.end(call, Ending::answer, verdict);
  judge(call, engine::CircuitBreaker::Outcome::remote_error, Clock::now());
  finish(call, *call.method, Failure(ErrorCode::decode, Execution::executed, label_of(call) + why));
}

/// From finish(): the call has its outcome.
void ParentSession::stream_ended(StreamCall& stream, const Reply& reply) {
  if (!reply.ok()) stream.failure_ = reply.failure();
  stream.intake_.end();
  stream.outflow_.close();
  serve(stream.reader_);
  serve(stream.writer_);
}

void ParentSession::serve(Seat& seat) {
  seat.served = true;
  if (!seat.leads) ring(seat, Doorbell::Ring::look);
}

/// Ends the leader's wait if he waits for this call; he does not see what others do to it.
void ParentSession::wake_if_leads(const Call& call) {
  const bool waits = call.seat != nullptr && call.seat->leads;
  if (waits || (call.stream != nullptr && call.stream->leads())) leader_wake_.set();
}

// ---- messages

void ParentSession::take_stream(Link& link, const protocol::Message& message,
                                const transport::Event& event) {
  Call* const asked = find(link, message.id);
  if (asked == nullptr || asked->stream == nullptr) return;
  Call& call = *asked;
  StreamCall& stream = *call.stream;
  if (message.kind == protocol::MessageKind::credit) {
    stream.outflow_.credited(message.count.value_or(0));
    return serve(stream.writer_);
  }
  const auto which = [&] { return "item " + std::to_string(stream.intake_.taken()); };
  if (!message.damage.empty()) {
    return fail_stream(call, which() + " cannot be read: " + message.damage);
  }
  using Arrival = engine::StreamIntake::Arrival;
  switch (stream.intake_.arrived(message.count)) {
    case Arrival::take:
      stream.items_.push_back(part_of(event.payload, message.item));
      return serve(stream.reader_);
    case Arrival::out_of_sequence:
      return fail_stream(
          call, which() + " was expected, the worker sent " +
                    (message.count ? "number " + std::to_string(*message.count) : "one without") +
                    ": an item was lost or came twice");
    case Arrival::over_credit:
      return fail_stream(call, which() + " was sent without credit");
    case Arrival::late:
      return;
  }
}

/// A message that must not be lost: it waits for room. There are never more of them than a few for
/// each open stream.
void ParentSession::say(Link& link, Buffer message) {
  if (!link.blocked && link.unsaid.empty()) {
    const Sent sent = link.outlet->try_send(message);
    if (sent != Sent::full) return;
    link.blocked = true;
  }
  link.unsaid.push_back(std::move(message));
}

/// There may be room. False: not enough.
bool ParentSession::say_the_rest(Link& link) {
  while (!link.unsaid.empty()) {
    if (link.outlet->try_send(link.unsaid.front()) == Sent::full) {
      link.blocked = true;
      return false;
    }
    link.unsaid.pop_front();
  }
  return true;
}

void ParentSession::say_end(Link& link, StreamCall& stream) {
  Encoder to({}, protocol_.format());
  const auto id = stream.call().id.text();
  protocol_.stream_end(to, {id.data(), id.size()}, stream.unsaid_end_->error);
  stream.unsaid_end_.reset();
  say(link, to.take_buffer());
}

// ---- the caller's ends

Result<std::optional<StreamItem>> ParentSession::next_item(StreamCall& stream) {
  Call& call = stream.call();
  Lock lock(*this);
  while (stream.items_.empty() && ledger_.is_open(call)) {
    stream.reader_.served = false;
    wait(lock, call, stream.reader_, Time::max(), leader_wake_.get());
  }
  if (stream.items_.empty()) {
    if (stream.failure_) return *stream.failure_;
    return std::optional<StreamItem>();
  }
  StreamItem item(call.method->label, stream.given_++, std::move(stream.items_.front()),
                  protocol_.format());
  stream.items_.pop_front();
  if (const std::uint64_t credit = stream.intake_.consumed(); credit > 0 && link_) {
    Encoder to({}, protocol_.format());
    const auto id = call.id.text();
    protocol_.credit(to, {id.data(), id.size()}, credit);
    say(*link_, to.take_buffer());
  }
  return std::optional<StreamItem>(std::move(item));
}

/// Why nothing more can be written.
Failure ParentSession::unwritable(const StreamCall& stream) const {
  if (stream.failure_) return *stream.failure_;
  const bool open = ledger_.is_open(stream.call_);
  return {open ? ErrorCode::invalid_argument : ErrorCode::closed, Execution::not_executed,
          label_of(stream.call_) + (open ? "an item was written after the last one"
                                         : "the worker has answered and takes no further items")};
}

Result<void> ParentSession::send_item(StreamCall& stream) {
  Call& call = stream.call();
  Lock lock(*this);
  for (;;) {
    // Without credit, or room, or, since the connection is lost, for the end that follows.
    while (ledger_.is_open(call) && !(stream.outflow_.may_send() && !link_->blocked)) {
      if (stream.outflow_.state() == engine::StreamOutflow::State::finished) {
        return unwritable(stream);
      }
      stream.writer_.served = false;
      const WantRoom until_room(link_, stream.writer_);
      wait(lock, call, stream.writer_, Time::max(), leader_wake_.get());
    }
    if (!ledger_.is_open(call)) return unwritable(stream);
    const std::shared_ptr<Link> link = link_;
    stream.outflow_.take();
    const bool held = stream.in_a_burst(Clock::now()) && stream.outflow_.may_send();
    if (held) hold(*link);
    if (!held) lock.unlock();  // a system call, for which others need not wait
    Sent sent = link->outlet->try_send(stream.item_.buffer(), nullptr,
                                       held ? transport::Urgency::held : transport::Urgency::now);
    if (!held) lock.lock();
    // Room may have come in between; if not, this asks for it again.
    if (sent == Sent::full) sent = link->outlet->try_send(stream.item_.buffer());
    if (sent == Sent::taken) return {};
    if (sent == Sent::full) {
      stream.outflow_.give_back();
      link->blocked = true;
    } else {
      stream.outflow_.close();
    }
  }
}

Result<void> ParentSession::finish_items(StreamCall& stream, std::optional<std::string> error) {
  const Lock lock(*this);
  const bool failed = stream.failure_.has_value();
  if (failed) return *stream.failure_;
  if (!stream.outflow_.finish()) return {};
  stream.unsaid_end_ = StreamCall::End{std::move(error)};
  if (ledger_.is_sent(stream.call())) say_end(*link_, stream);
  return {};
}

/// In a child of fork() nothing is sent, and no lock is asked for that a thread of the parent may
/// hold (R10).
std::optional<Failure> StreamCall::misplaced() const {
  if (session_->in_own_process()) return std::nullopt;
  return session_->misplaced(call_.method->label);
}

/// Items that follow each other this fast leave together; a writer who waits for anything in
/// between is slower.
bool StreamCall::in_a_burst(std::chrono::steady_clock::time_point now) noexcept {
  constexpr std::chrono::microseconds kGap{10};
  constexpr unsigned kLong = 8;
  const bool quick = now - written_at_ < kGap;
  written_at_ = now;
  burst_ = quick ? burst_ + 1 : 0;
  return burst_ >= kLong;
}

Result<std::optional<StreamItem>> StreamCall::next() {
  if (auto elsewhere = misplaced()) return *std::move(elsewhere);
  return session_->next_item(*this);
}

Encoder& StreamCall::begin_item() {
  const protocol::Protocol& protocol = session_->protocol_;
  item_.restart();
  take_buffer(item_.buffer());
  item_.begin(protocol.format());
  const auto id = call().id.text();
  protocol.begin_item(item_, {id.data(), id.size()}, outflow_.next());
  return item_;
}

Result<void> StreamCall::send_item() {
  if (auto elsewhere = misplaced()) return *std::move(elsewhere);
  session_->protocol_.end_item(item_);
  item_.finish();
  item_.own();  // the value may die before the message has left
  Result<void> sent = session_->send_item(*this);
  give_buffer(item_.buffer());
  return sent;
}

Failure StreamCall::discard_item() {
  Failure refused = item_.failure(
      ErrorCode::invalid_argument, Execution::not_executed,
      std::string(call().method->label) + ": item " + std::to_string(outflow_.next()));
  give_buffer(item_.buffer());
  return refused;
}

Result<void> StreamCall::finish() {
  if (auto elsewhere = misplaced()) return *std::move(elsewhere);
  return session_->finish_items(*this, std::nullopt);
}

void StreamCall::cancel() noexcept { AsyncCall::cancel(); }

void StreamCall::give_up() noexcept {
  if (!session_->in_own_process()) return;
  session_->finish_items(*this, "the caller gave its items up").ok();
}

}  // namespace multifrost::session
