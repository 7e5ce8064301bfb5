// Codec of an inline union `A | B`: the wire kind tells which member it is (idl rule 5).
#pragma once

#include <cstddef>
#include <utility>
#include <variant>

#include "multifrost/codec/scalar.h"

namespace multifrost::codec {

/// "expected string or number, got true"; false.
bool refuse_kinds(Decoder& from, Kinds expected);

template <class C>
struct Boxed;  // multifrost/codec/optional.h

/// An empty Boxed has no place in a union that is not nullable.
template <class C>
inline constexpr bool kBoxed = false;
template <class C>
inline constexpr bool kBoxed<Boxed<C>> = true;

template <class... C>
struct OneOf {
  using Type = std::variant<typename C::Type...>;
  static constexpr Kinds kKinds = (C::kKinds | ...);
  static_assert(((C::kKinds != 0) && ...),
                "an enum in a union: use NamedEnum or NumberedEnum, which know their wire kind");

  [[gnu::noinline]] static bool write(Encoder& to, const Type& value) {
    return write_member(to, value, std::index_sequence_for<C...>());
  }
  [[gnu::noinline]] static bool read(Decoder& from, Type& into) {
    return read_member(from, into, std::index_sequence_for<C...>());
  }

 private:
  template <std::size_t... at>
  static bool write_member(Encoder& to, const Type& value, std::index_sequence<at...>) {
    bool good = false;
    (void)((value.index() == at && (good = write_one<C>(to, *std::get_if<at>(&value)), true)) ||
           ...);
    return good;
  }
  template <class M>
  static bool write_one(Encoder& to, const typename M::Type& value) {
    if constexpr (kBoxed<M>) {
      if (!value) return to.refuse("expected a value, got an empty Boxed");
    }
    return M::write(to, value);
  }
  template <std::size_t... at>
  static bool read_member(Decoder& from, Type& into, std::index_sequence<at...>) {
    const Kinds next = bit(from.peek());
    bool good = false;
    const bool found =
        (((C::kKinds & next) != 0 && (good = C::read(from, into.template emplace<at>()), true)) ||
         ...);
    return found ? good : refuse_kinds(from, kKinds);
  }
};

}  // namespace multifrost::codec
