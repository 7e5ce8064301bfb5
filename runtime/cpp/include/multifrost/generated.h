// What generated sources call besides the codecs. Not for user code.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "multifrost/client.h"
#include "multifrost/codec/generated.h"
#include "multifrost/dispatcher.h"
#include "multifrost/equal.h"
#include "multifrost/erased.h"
#include "multifrost/failure.h"
#include "multifrost/method.h"
#include "multifrost/pending.h"

namespace multifrost {

namespace detail {
std::string describe(std::string_view type, WriteValue* write, const void* value);
bool read_details(const Failure& failure, ReadValue* read, void* into);
}  // namespace detail

/// `Point{"x":1,"y":2}`: a generated value as JSON behind its type's name, for logs and tests. A
/// value that must not travel gives the reason instead.
template <class T>
std::string describe(std::string_view type, const T& value) {
  return detail::describe(type, &detail::write_value<codec::Generated<T>>, &value);
}

/// The fields that came with a declared error. False: there are none, or they do not fit.
template <class T>
bool read_details(const Failure& failure, T& into) {
  return detail::read_details(failure, &detail::read_value<codec::Generated<T>>, &into);
}

// Calls of methods whose arguments are all there. They stay out of line, the templates once for
// each result type: generated code does nothing but name the arguments.

namespace detail {
void get(const Client& client, const Method& method, std::initializer_list<Argument> arguments,
         ReadValue* read, void* into);
Reply call(const Client& client, const Method& method, std::initializer_list<Argument> arguments);
std::shared_ptr<PendingCall> start(const Client& client, const Method& method,
                                   std::initializer_list<Argument> arguments);
}  // namespace detail

/// Blocks for the result, as codec C reads it; throws the failure's exception.
template <class C>
[[gnu::noinline]] typename C::Type get(const Client& client, const Method& method,
                                       std::initializer_list<Argument> arguments) {
  typename C::Type value{};
  detail::get(client, method, arguments, &detail::read_value<C>, &value);
  return value;
}
/// Blocks for the outcome.
template <class C>
[[gnu::noinline]] Result<typename C::Type> try_get(const Client& client, const Method& method,
                                                   std::initializer_list<Argument> arguments) {
  return detail::finish<C>(detail::call(client, method, arguments));
}
/// The same for methods without result.
Result<void> try_get(const Client& client, const Method& method,
                     std::initializer_list<Argument> arguments);
/// Sends the call; never blocks.
template <class C>
[[gnu::noinline]] Pending<typename C::Type> start(const Client& client, const Method& method,
                                                  std::initializer_list<Argument> arguments) {
  return {detail::start(client, method, arguments), &detail::finish<C>};
}

namespace detail {
/// A value that is destroyed out of line: a handler's arguments and its result.
template <class T>
struct Held {
  Held() : value{} {}
  /// What `make` returns, where it stands.
  template <class Make>
  explicit Held(const Make& make) : value(make()) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { destroy(value); }

  union {
    T value;
  };
};

template <class Signature>
struct Serving;
template <class R, class... C>
struct Serving<R(C...)> {
  template <class Worker>
  using Handler = typename R::Type (Worker::*)(typename C::Type..., CallContext&);

  // The values stand in the caller's frame: a tuple would do, at several times the cost to compile.
  template <class Worker>
  [[gnu::always_inline]] static void serve_with(IncomingCall& call, const Method& method,
                                                Worker& worker, Handler<Worker> handler,
                                                Held<typename C::Type>&&... arguments) {
    if (!call.expect(method, sizeof...(C), sizeof...(C)) ||
        !(call.argument<C>(arguments.value) && ...)) {
      return;
    }
    if constexpr (std::is_same_v<R, Nothing>) {
      (worker.*handler)(std::move(arguments.value)..., call.context());
      call.answer_nothing();
    } else {
      const Held<typename R::Type> result(
          [&] { return (worker.*handler)(std::move(arguments.value)..., call.context()); });
      call.answer<R>(result.value);
    }
  }

  template <class Worker>
  [[gnu::noinline]] static void serve(IncomingCall& call, const Method& method, Worker& worker,
                                      Handler<Worker> handler) {
    serve_with(call, method, worker, handler, Held<typename C::Type>{}...);
  }
};
}  // namespace detail

/// Serves a call of a method whose arguments must all be there: reads them, runs `handler`,
/// answers. `Signature` is made of codecs, Result(Arguments...). One copy for each signature, too.
template <class Signature, class Worker>
void serve_complete(IncomingCall& call, const Method& method, Worker& worker,
                    typename detail::Serving<Signature>::template Handler<Worker> handler) {
  detail::Serving<Signature>::serve(call, method, worker, handler);
}

/// The outcome of a stream method where nothing carries streams.
Failure streams_unimplemented(const Method& method);

}  // namespace multifrost
