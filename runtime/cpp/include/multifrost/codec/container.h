// Codecs that hold others: list, map, tuple, optional, boxed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "multifrost/boxed.h"
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

// Map keys. `text` gives the key as it travels, or refuses; `read` takes it back.

struct StringKey {
  using Type = std::string;
  static bool write(Encoder& to, std::string_view key);
  static bool read(Decoder& from, std::string_view text, std::string& into);
};

bool write_integer_key(Encoder& to, std::int64_t key);
bool write_unsigned_key(Encoder& to, std::uint64_t key);
/// Canonical decimals only: `01`, `+1` and `-0` are refused (idl rule 8).
bool read_integer_key(Decoder& from, std::string_view text, const IntegerType& type,
                      std::int64_t& into);
bool read_unsigned_key(Decoder& from, std::string_view text, std::uint64_t& into);

/// Decimal text; C is an integer codec.
template <class C>
struct IntKey;
template <class T, const IntegerType& kType, bool kWhole>
struct IntKey<Integer<T, kType, kWhole>> {
  using Type = T;
  static bool write(Encoder& to, T key) {
    if constexpr (!kWhole) {
      if (key < kType.low || key > kType.high) return refuse_range(to, kType, key);
    }
    return write_integer_key(to, key);
  }
  static bool read(Decoder& from, std::string_view text, T& into) {
    std::int64_t wide;
    if (!read_integer_key(from, text, kType, wide)) return false;
    into = static_cast<T>(wide);
    return true;
  }
};
template <>
struct IntKey<U64> {
  using Type = std::uint64_t;
  static bool write(Encoder& to, std::uint64_t key) { return write_unsigned_key(to, key); }
  static bool read(Decoder& from, std::string_view text, std::uint64_t& into) {
    return read_unsigned_key(from, text, into);
  }
};

/// An enum as key: generated code declares mf_write_key and mf_read_key beside the enum.
template <class E>
struct EnumKey {
  using Type = E;
  static bool write(Encoder& to, const E& key) { return mf_write_key(to, key); }
  static bool read(Decoder& from, std::string_view text, E& into) {
    return mf_read_key(from, text, into);
  }
};

bool refuse_duplicate(Decoder& from, std::string_view key);
/// The key that was written at `key_at`, for paths.
std::string_view written_key(const Encoder& to, std::size_t key_at) noexcept;

template <class K, class C>
struct Map {
  using Type = std::map<typename K::Type, typename C::Type>;
  static constexpr Kinds kKinds = bit(Kind::map);

  [[gnu::noinline]] static bool write(Encoder& to, const Type& values) {
    to.begin_map(values.size());
    for (const auto& [key, value] : values) {
      const std::size_t key_at = to.buffer().size();
      if (!K::write(to, key)) return false;
      if (!C::write(to, value)) return to.inside_key(written_key(to, key_at));
    }
    to.end_map();
    return true;
  }

  [[gnu::noinline]] static bool read(Decoder& from, Type& into) {
    std::size_t count;
    if (!from.begin_map(count)) return false;
    into.clear();
    for (; count != 0; --count) {
      std::string_view text;
      if (!from.key(text)) return false;
      typename K::Type key{};
      if (!K::read(from, text, key)) return false;
      const auto [place, is_new] = into.try_emplace(std::move(key));
      if (!is_new) return refuse_duplicate(from, text);
      if (!C::read(from, place->second)) return inside(from, place->first);
    }
    from.end_map();
    return true;
  }

 private:
  static bool inside(Decoder& from, const typename K::Type& key) {
    Encoder text;  // the text that was read may be gone
    K::write(text, key);
    return from.inside_key(written_key(text, 0));
  }
};

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
