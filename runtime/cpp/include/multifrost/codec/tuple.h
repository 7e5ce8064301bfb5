// Codec of (A, B).
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>

#include "multifrost/codec/scalar.h"

namespace multifrost::codec {

bool refuse_tuple_size(Decoder& from, std::size_t expected, std::size_t got);

template <class... C>
struct Tuple {
  using Type = std::tuple<typename C::Type...>;
  static constexpr Kinds kKinds = bit(Kind::array);

  static bool write(Encoder& to, const Type& value) {
    to.begin_array(sizeof...(C));
    return write_items(to, value, std::index_sequence_for<C...>());
  }
  [[gnu::noinline]] static bool read(Decoder& from, Type& into) {
    std::size_t count;
    if (!from.begin_array(count)) return false;
    if (count != sizeof...(C)) return refuse_tuple_size(from, sizeof...(C), count);
    return read_items(from, into, std::index_sequence_for<C...>());
  }

 private:
  template <std::size_t... at>
  static bool write_items(Encoder& to, const Type& value, std::index_sequence<at...>) {
    const bool good = ((C::write(to, std::get<at>(value)) || to.inside(at)) && ...);
    to.end_array();
    return good;
  }
  template <std::size_t... at>
  static bool read_items(Decoder& from, Type& into, std::index_sequence<at...>) {
    const bool good = ((C::read(from, std::get<at>(into)) || from.inside(at)) && ...);
    from.end_array();
    return good;
  }
};

}  // namespace multifrost::codec
