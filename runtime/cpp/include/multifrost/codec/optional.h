// Codecs of values that may be absent: T?, and boxed members.
#pragma once

#include <optional>

#include "multifrost/boxed.h"
#include "multifrost/codec/scalar.h"

namespace multifrost::codec {

/// What an optional float holds when it is not finite travels as nil, as @nan_as_null has it.
template <class C>
concept FloatCodec = requires {
  C::kFloat;
};

/// nil when empty. Writes anything like an optional: also optionals of views, and pointers.
template <class C>
struct Optional {
  using Type = std::optional<typename C::Type>;
  static constexpr Kinds kKinds = C::kKinds | bit(Kind::nil);

  template <class O>
  static bool write(Encoder& to, const O& value) {
    if (!value) return to.null();
    if constexpr (FloatCodec<C>) {
      if (!is_finite(*value)) return to.null();
    }
    return C::write(to, *value);
  }
  [[gnu::noinline]] static bool read(Decoder& from, Type& into) {
    bool empty = from.take_null();
    if constexpr (FloatCodec<C>) empty = empty || from.take_not_finite();
    if (!empty) return C::read(from, into.emplace());
    into.reset();
    return true;
  }
};

/// A value that would contain itself: nil when empty (idl rule 7).
template <class C>
struct Boxed {
  using Type = ::multifrost::Boxed<typename C::Type>;
  static constexpr Kinds kKinds = C::kKinds;

  static bool write(Encoder& to, const Type& value) {
    return value ? C::write(to, *value) : to.null();
  }
  [[gnu::noinline]] static bool read(Decoder& from, Type& into) {
    if (!from.take_null()) return C::read(from, into.emplace());
    into.reset();
    return true;
  }
};

}  // namespace multifrost::codec
