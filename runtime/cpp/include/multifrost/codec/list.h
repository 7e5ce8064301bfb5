// Codec of list<T>.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "multifrost/codec/scalar.h"

namespace multifrost::codec {

/// How many items to make room for: never more memory than the message's unread bytes account for.
inline std::size_t worth_reserving(const Decoder& from, std::size_t count,
                                   std::size_t item_size) noexcept {
  const std::size_t backed = from.remaining() / item_size + 4;
  return count < backed ? count : backed;
}

template <class C>
struct List {
  using Item = typename C::Type;
  using Type = std::vector<Item>;
  static constexpr Kinds kKinds = bit(Kind::array);

  [[gnu::noinline]] static bool write(Encoder& to, std::span<const Item> values) {
    to.begin_array(values.size());
    for (std::size_t at = 0; at < values.size(); ++at) {
      if (!C::write(to, values[at])) return to.inside(at);
    }
    to.end_array();
    return true;
  }

  [[gnu::noinline]] static bool read(Decoder& from, Type& into) {
    std::size_t count;
    if (!from.begin_array(count)) return false;
    into.clear();
    into.reserve(worth_reserving(from, count, sizeof(Item)));
    for (std::size_t at = 0; at < count; ++at) {
      if (!C::read(from, into.emplace_back())) return from.inside(at);
    }
    from.end_array();
    return true;
  }
};

// The common ones are compiled into the library, with the items' codecs inlined.
extern template struct List<F64>;
extern template struct List<I32>;
extern template struct List<I64>;
extern template struct List<I53>;
extern template struct List<String>;
extern template struct List<Binary>;

/// `std::vector<bool>` is no range of bool: it has no span and no bool&.
template <>
struct List<Bool> {
  using Type = std::vector<bool>;
  static constexpr Kinds kKinds = bit(Kind::array);
  static bool write(Encoder& to, const Type& values);
  static bool read(Decoder& from, Type& into);
};

}  // namespace multifrost::codec
