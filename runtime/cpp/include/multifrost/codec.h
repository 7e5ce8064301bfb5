// The codecs: one for each type of the language, composed as the types are
// (`list<Detection>?` is `Optional<List<Generated<Detection>>>`), and encode/decode for single
// values.
#pragma once

#include "multifrost/codec/container.h"
#include "multifrost/codec/generated.h"
#include "multifrost/codec/limited.h"
#include "multifrost/codec/one_of.h"
#include "multifrost/codec/scalar.h"
#include "multifrost/codec/time.h"
#include "multifrost/result.h"

namespace multifrost {

/// Generated types: what mf_write and mf_read are declared for.
template <class T>
concept GeneratedType = requires(Encoder& to, const T& value) {
  mf_write(to, value);
};

namespace detail {
Result<Bytes> finish_encode(Encoder& to, bool good);
}  // namespace detail

/// One generated value by itself. Fails with `encode`, naming the path, when it must not travel.
template <GeneratedType T>
Result<Bytes> encode(const T& value, Format format = Format::msgpack) {
  Encoder to({}, format);
  const bool good = mf_write(to, value);
  return detail::finish_encode(to, good);
}

/// Reads what encode() or a peer wrote. Fails with `decode`, naming the path of what does not fit.
/// Bytes members share `encoded`'s owner where they are large.
template <GeneratedType T>
Result<T> decode(const Bytes& encoded, Format format = Format::msgpack) {
  Decoder from(encoded, format);
  T value{};
  if (mf_read(from, value) && from.finish()) return Result<T>(std::move(value));
  return from.failure(ErrorCode::decode, Execution::not_executed, "value");
}
template <GeneratedType T>
Result<T> decode(BytesView encoded, Format format = Format::msgpack) {
  return decode<T>(Bytes(encoded), format);
}

}  // namespace multifrost
