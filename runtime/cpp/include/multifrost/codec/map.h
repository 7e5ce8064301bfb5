// Codec of map<K, V>.
#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include "multifrost/codec/key.h"
#include "multifrost/codec/scalar.h"

namespace multifrost::codec {

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

}  // namespace multifrost::codec
