// The port between generated clients and whatever carries their calls.
//
// A generated method makes a Request, writes its arguments into it and sends it; it never learns
// which protocol or transport lies behind the Channel. Every request that is sent has exactly one
// outcome (R4).
//
// Thread rule: a Channel's methods may be called from any thread. A Request belongs to one thread
// at a time. Blocking rule: only `Channel::call`, `drain` and `close` block, never longer than
// their deadline. Failure rule: nothing here throws but std::bad_alloc; outcomes are values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "multifrost/chrono.h"
#include "multifrost/decoder.h"
#include "multifrost/encoder.h"
#include "multifrost/erased.h"
#include "multifrost/method.h"
#include "multifrost/options.h"
#include "multifrost/result.h"

namespace multifrost {

class Channel;
class Executor;
class PendingCall;
class StreamPort;
struct OpenedStream;
template <class T>
class Pending;

/// The one outcome of a call: the encoded result, or the failure that took its place.
class Reply {
 public:
  enum class Absent : bool { nil, zero };

  /// `result` is the encoded value, sharing the frame that it came in. Empty: the peer left it out,
  /// which means nil, or, with Absent::zero, the type's zero value (idl rule 15).
  Reply(const Method& method, Bytes&& result, Format format, Absent absent = Absent::nil) noexcept
      : method_(&method), result_(std::move(result)), format_(format), absent_(absent) {}
  Reply(const Method& method, Failure failure) noexcept
      : method_(&method), failure_(std::move(failure)) {}

  Reply(const Reply& other);
  Reply(Reply&& other) noexcept;
  Reply& operator=(const Reply& other);
  Reply& operator=(Reply&& other) noexcept;
  ~Reply();

  bool ok() const noexcept { return !failure_.has_value(); }
  const Failure& failure() const noexcept { return *failure_; }
  const Bytes& encoded() const noexcept { return result_; }
  Format format() const noexcept { return format_; }

  /// The result as codec C reads it; a value that does not fit is a DecodeError naming its path.
  template <class C>
  Result<typename C::Type> take() && {
    Result<typename C::Type> result(std::in_place);
    if (!read(&detail::read_value<C>, &*result)) result.fail(*std::move(failure_));
    return result;
  }
  /// For methods without result: whatever came back is ignored.
  Result<void> take_nothing() && {
    if (failure_) return *std::move(failure_);
    return {};
  }

 private:
  /// False: failure_ says why, what came or that it does not fit.
  bool read(detail::ReadValue* read_value, void* into);
  friend class Request;

  const Method* method_;
  Bytes result_;
  Format format_ = Format::msgpack;
  Absent absent_ = Absent::nil;
  std::optional<Failure> failure_;
};

namespace detail {
/// How a codec's reply becomes a Result; `Nothing` stands for methods without result.
struct Nothing {
  using Type = void;
};
/// Not inlined, like get(): one copy for each result type, however many methods have it.
template <class C>
[[gnu::noinline]] Result<typename C::Type> finish(Reply reply) {
  if constexpr (std::is_same_v<C, Nothing>) {
    return std::move(reply).take_nothing();
  } else {
    return std::move(reply).template take<C>();
  }
}
}  // namespace detail

/// One outgoing call while its arguments are written.
///
/// An argument that cannot be encoded is remembered: the request is then not sent, and its outcome
/// is InvalidArgument (not executed) naming the value's path.
class Request {
 public:
  /// Opens a message for `method`. `channel` and `options` must outlive the request.
  Request(Channel& channel, const Method& method, const CallOptions& options,
          std::size_t arguments);
  Request(Request&&) noexcept;
  Request& operator=(Request&&) = delete;
  ~Request();

  /// Writes the next argument with codec C.
  template <class C, class V>
  void argument(const V& value) {
    if (open_next() && !C::write(encoder_, value)) refuse_argument();
  }
  void argument(detail::WriteValue* write, const void* value) {
    if (open_next() && !write(encoder_, value)) refuse_argument();
  }
  /// For `p?` parameters: refuses a value behind an empty one (idl rule 2).
  void refuse_hole(std::string_view empty, std::string_view set);

  /// Sends it and waits for the outcome.
  template <class C>
  Result<typename C::Type> call() && {
    return detail::finish<C>(std::move(*this).send_and_wait());
  }
  Result<void> call_nothing() && { return std::move(*this).send_and_wait().take_nothing(); }
  Reply send_and_wait() &&;
  /// The same, throwing the failure's exception.
  template <class C>
  [[gnu::noinline]] typename C::Type get() && {
    typename C::Type value{};
    std::move(*this).get(&detail::read_value<C>, &value);
    return value;
  }
  void get(detail::ReadValue* read_value, void* into) &&;

  /// Sends it; the outcome arrives in the Pending. Never blocks.
  std::shared_ptr<PendingCall> start() &&;
  /// The same for a method with a stream (multifrost/stream.h); what can be known at once is a
  /// Failure already.
  Result<OpenedStream> open_stream() &&;

  // For channels.
  Channel& channel() const noexcept { return *channel_; }
  const Method& method() const noexcept { return *method_; }
  const CallOptions& options() const noexcept { return *options_; }
  Encoder& encoder() noexcept { return encoder_; }
  std::uint64_t ticket = 0;                       ///< the channel's own number for this call
  std::chrono::steady_clock::time_point begun{};  ///< when the channel began it

 private:
  /// Counts the next argument; false: the request is refused already.
  bool open_next() noexcept {
    ++written_;
    return !refused_;
  }
  const std::optional<Failure>& seal();
  Reply exchange();
  void refuse_argument();

  Channel* channel_;
  const Method* method_;
  const CallOptions* options_;
  Encoder encoder_;
  std::size_t written_ = 0;
  std::size_t expected_;
  std::optional<Failure> refused_;
};

/// A stream call that has begun: its items, and its outcome, which ends the items.
struct OpenedStream {
  std::shared_ptr<StreamPort> port;
  std::shared_ptr<PendingCall> outcome;
};

enum class ChannelState : std::uint8_t {
  idle,
  connecting,
  ready,
  restarting,
  open_circuit,
  closed
};

class Channel {
 public:
  virtual ~Channel() = default;

  /// The worker is to serve `interface`, which must outlive the channel. A worker that is known to
  /// serve another one, or another version, is a Failure (interface_mismatch), now or when it
  /// starts; one that tells nothing is taken. Never blocks. A channel that cannot know expects
  /// nothing.
  virtual Result<void> expect(const Interface& /*interface*/) { return {}; }

  /// Writes the head of the message, up to the arguments, into request.encoder(), or returns why
  /// not.
  virtual Result<void> begin(Request& request, std::size_t arguments) = 0;
  /// Sends the request (its arguments are complete) and blocks until its outcome.
  virtual Reply call(Request& request) = 0;
  /// Sends the request; never blocks. The outcome is delivered through the PendingCall, exactly
  /// once.
  virtual std::shared_ptr<PendingCall> start(Request& request) = 0;
  /// The same for a method with a stream. A channel that carries none says so (unimplemented, not
  /// executed).
  virtual Result<OpenedStream> open_stream(Request& request);

  /// Where continuations of this channel's calls run.
  virtual Executor& executor() noexcept = 0;

  virtual ChannelState state() const noexcept = 0;
  /// Blocks until no call is in flight or the deadline passes (then: timeout).
  virtual Result<void> drain(std::chrono::nanoseconds deadline) = 0;
  /// Ends the channel; calls in flight fail with `closed`. Repeatable. Blocks at most `deadline`.
  virtual Result<void> close(std::chrono::nanoseconds deadline) = 0;
};

}  // namespace multifrost
