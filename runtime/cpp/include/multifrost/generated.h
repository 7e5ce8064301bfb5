// What generated sources call besides the codecs. Not for user code.
#pragma once

#include <string>
#include <string_view>

#include "multifrost/decoder.h"
#include "multifrost/encoder.h"
#include "multifrost/failure.h"
#include "multifrost/method.h"

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

/// The outcome of a stream method where nothing carries streams.
Failure streams_unimplemented(const Method& method);

}  // namespace multifrost
