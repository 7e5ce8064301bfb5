// encode and decode: one generated value by itself, without a call.
//
// Thread rule: functions of their arguments alone. Nothing blocks; only allocation throws.
#pragma once

#include <optional>
#include <utility>

#include "multifrost/bytes.h"
#include "multifrost/encoder.h"
#include "multifrost/erased.h"
#include "multifrost/failure.h"
#include "multifrost/result.h"

namespace multifrost {

/// Generated types: what mf_write and mf_read are declared for.
template <class T>
concept GeneratedType = requires(Encoder& to, const T& value) {
  mf_write(to, value);
};

namespace detail {
Result<Bytes> encode(WriteValue* write, const void* value, Format format);
/// None: `into` was read.
std::optional<Failure> decode(ReadValue* read, void* into, const Bytes& encoded, Format format);
}  // namespace detail

/// One generated value by itself. Fails with `invalid_argument`, naming the path, when it must not
/// travel.
template <GeneratedType T>
Result<Bytes> encode(const T& value, Format format = Format::msgpack) {
  return detail::encode(
      [](Encoder& to, const void* given) { return mf_write(to, *static_cast<const T*>(given)); },
      &value, format);
}

/// Reads what encode() or a peer wrote. Fails with `decode`, naming the path of what does not fit.
/// Bytes members share `encoded`'s owner where they are large.
template <GeneratedType T>
Result<T> decode(const Bytes& encoded, Format format = Format::msgpack) {
  Result<T> result(std::in_place);
  auto failure = detail::decode(
      [](Decoder& from, void* into) { return mf_read(from, *static_cast<T*>(into)); }, &*result,
      encoded, format);
  if (failure) result.fail(*std::move(failure));
  return result;
}
template <GeneratedType T>
Result<T> decode(BytesView encoded, Format format = Format::msgpack) {
  return decode<T>(Bytes(encoded), format);
}

}  // namespace multifrost
