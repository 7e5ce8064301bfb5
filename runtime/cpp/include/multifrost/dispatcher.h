// The port between a worker's session and generated skeletons: a request in, exactly one completion
// out.
//
// A session decodes the envelope, finds the Dispatcher of the call's namespace and hands it an
// IncomingCall. The skeleton reads the arguments, runs the handler and answers. What the handler
// throws is caught by the session and answered as an error, so nothing escapes and every call is
// answered (spec 9.2).
//
// Thread rule: with concurrency 1 all calls arrive on the one thread that runs the worker (R2).
// With more (ChildOptions::concurrency) several threads call dispatch() at once: generated
// skeletons bear that, the handlers behind them must. An IncomingCall belongs to one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "multifrost/call_context.h"
#include "multifrost/decoder.h"
#include "multifrost/encoder.h"
#include "multifrost/failure.h"
#include "multifrost/method.h"

namespace multifrost {

class StreamPort;
struct ChildOptions;  // multifrost/child_options.h: how a Dispatcher is served

/// Where a session takes the answer; implemented by sessions.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  /// Opens the answer: the encoder that stands where the result's value goes.
  virtual Encoder& begin_result() = 0;
  /// The value is complete: send it.
  virtual void finish_result() = 0;
  /// Sends an error instead; anything written since begin_result() is discarded.
  virtual void fail(const Failure& failure) = 0;
  /// The items of the call being served, whose method is `method`; a caller's items are welcome
  /// from now on. Null: nothing here carries streams.
  virtual std::shared_ptr<StreamPort> open_stream(const Method& /*method*/) { return nullptr; }
};

class IncomingCall {
 public:
  IncomingCall(std::string_view function, std::size_t argument_count, Decoder& arguments,
               CallContext& context, AnswerSink& answer) noexcept
      : function_(function),
        count_(argument_count),
        arguments_(&arguments),
        context_(&context),
        answer_(&answer) {}
  IncomingCall(const IncomingCall&) = delete;
  IncomingCall& operator=(const IncomingCall&) = delete;

  std::string_view function() const noexcept { return function_; }
  std::size_t argument_count() const noexcept { return count_; }
  CallContext& context() noexcept { return *context_; }
  bool answered() const noexcept { return answered_; }

  /// For sessions that know it: function() is `method`, at `place` of its interface.
  void know(const Method* method, std::size_t place) noexcept {
    known_ = method;
    known_place_ = place;
  }
  /// The index of function() among `methods` (sorted by wire name); none: nothing has been answered
  /// yet.
  std::optional<std::size_t> find(Table<const Method*> methods) const noexcept;

  /// Checks the number of arguments; false: answered with InvalidArgument, the handler must not
  /// run.
  bool expect(const Method& method, std::size_t least, std::size_t most);
  /// Reads the next argument with codec C; false: answered with InvalidArgument naming its path.
  template <class C>
  bool argument(typename C::Type& into) {
    return C::read(*arguments_, into) ? (++read_, true) : refuse();
  }
  /// `argument` for a parameter with a default, which nil leaves as if nothing stood there.
  template <class C>
  bool argument_or_keep(typename C::Type& into) {
    if constexpr (!ReadsNull<C>) {
      if (arguments_->take_null()) return ++read_, true;
    }
    return argument<C>(into);
  }
  /// Whether one more argument was sent (for `= literal` and `p?` parameters).
  bool more() const noexcept { return read_ < count_; }

  /// Answers with the handler's result. A result that cannot be encoded becomes an error with its
  /// path.
  template <class C>
  void answer(const typename C::Type& value) {
    Encoder& to = answer_->begin_result();
    C::write(to, value) ? complete() : fail_result(to);
  }
  /// The items of a call with a stream, after its arguments have been read. Null: answered with
  /// Unimplemented, the handler must not run. A port that is used after the call has been answered
  /// fails.
  std::shared_ptr<StreamPort> open_stream(const Method& method);

  /// Answers a method without result (nil on the wire).
  void answer_nothing();
  void fail(const Failure& failure);
  /// Spec 6.3: `Function 'x' not found`.
  void fail_not_found();

 private:
  bool refuse();
  void complete();
  void fail_result(const Encoder& to);

  std::string_view function_;
  std::size_t count_;
  std::size_t read_ = 0;
  const Method* known_ = nullptr;
  std::size_t known_place_ = 0;
  Decoder* arguments_;
  CallContext* context_;
  AnswerSink* answer_;
  const Method* method_ = nullptr;
  bool answered_ = false;
};

class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  /// A constant of generated code.
  virtual const Interface& interface() const noexcept = 0;
  /// Serves one call; the call is answered when this returns or throws.
  virtual void dispatch(IncomingCall& call) = 0;
};

}  // namespace multifrost
