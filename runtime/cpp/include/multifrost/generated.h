// What generated sources call besides the codecs. Not for user code.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "multifrost/client.h"
#include "multifrost/decoder.h"
#include "multifrost/dispatcher.h"
#include "multifrost/encoder.h"
#include "multifrost/failure.h"
#include "multifrost/method.h"
#include "multifrost/pending.h"

namespace multifrost {

namespace detail {
std::string finish_describe(std::string_view type, const Encoder& written, bool good);
}  // namespace detail

/// `Point{"x":1,"y":2}`: a generated value as JSON behind its type's name, for logs and tests. A
/// value that must not travel gives the reason instead.
template <class T>
std::string describe(std::string_view type, const T& value) {
  Encoder to({}, Format::json);
  const bool good = mf_write(to, value) && to.finish();
  return detail::finish_describe(type, to, good);
}

/// The fields that came with a declared error. False: there are none, or they do not fit.
template <class T>
bool read_details(const Failure& failure, T& into) {
  const Bytes& details = failure.data().details;
  if (details.empty()) return false;
  Decoder from(details, Format::msgpack);
  return mf_read(from, into) && from.finish();
}

/// The request of a method whose arguments are all there. Not inlined: one copy for each list of
/// types, however many methods have it.
template <class... C, class... V>
[[gnu::noinline]] Request complete_request(const Client& client, const Method& method,
                                           const V&... values) {
  Request request = client.request(method, sizeof...(C));
  (request.argument<C>(values), ...);
  return request;
}

namespace detail {
template <class Signature>
struct Serving;
template <class R, class... C>
struct Serving<R(C...)> {
  template <class Worker>
  using Handler = typename R::Type (Worker::*)(typename C::Type..., CallContext&);

  // The values stand in the caller's frame: a tuple would do, at several times the cost to compile.
  template <class Worker>
  static void serve_with(IncomingCall& call, const Method& method, Worker& worker,
                         Handler<Worker> handler, typename C::Type&&... values) {
    if (!call.expect(method, sizeof...(C), sizeof...(C)) || !(call.argument<C>(values) && ...)) {
      return;
    }
    if constexpr (std::is_same_v<R, Nothing>) {
      (worker.*handler)(std::move(values)..., call.context());
      call.answer_nothing();
    } else {
      call.answer<R>((worker.*handler)(std::move(values)..., call.context()));
    }
  }

  template <class Worker>
  [[gnu::noinline]] static void serve(IncomingCall& call, const Method& method, Worker& worker,
                                      Handler<Worker> handler) {
    serve_with(call, method, worker, handler, typename C::Type{}...);
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
