// Writing and reading one value with its codec, whichever that is: what is not a template takes
// these functions, and is compiled once for all types. For generated code and the runtime.
#pragma once

namespace multifrost {

class Decoder;
class Encoder;

namespace detail {

using ReadValue = bool(Decoder& from, void* into);
using WriteValue = bool(Encoder& to, const void* value);

template <class C>
bool read_value(Decoder& from, void* into) {
  return C::read(from, *static_cast<typename C::Type*>(into));
}
template <class C, class V = typename C::Type>
bool write_value(Encoder& to, const void* value) {
  return C::write(to, *static_cast<const V*>(value));
}

}  // namespace detail
}  // namespace multifrost
