// What the codecs of containers do out of line, for all types.
#include "multifrost/codec/key.h"
#include "multifrost/codec/list.h"
#include "multifrost/codec/map.h"
#include "multifrost/codec/one_of.h"
#include "multifrost/codec/tuple.h"
#include "wire/head.h"
#include "wire/text.h"

namespace multifrost::codec {

bool List<Bool>::write(Encoder& to, const Type& values) {
  to.begin_array(values.size());
  for (const bool value : values) to.boolean(value);
  to.end_array();
  return true;
}

bool List<Bool>::read(Decoder& from, Type& into) {
  std::size_t count;
  if (!from.begin_array(count)) return false;
  into.clear();
  for (std::size_t at = 0; at < count; ++at) {
    bool value = false;
    if (!from.boolean(value)) return from.inside(at);
    into.push_back(value);
  }
  from.end_array();
  return true;
}

bool StringKey::write(Encoder& to, std::string_view key) { return String::write(to, key); }

bool StringKey::read(Decoder& from, std::string_view text, std::string& into) {
  if (!wire::is_utf8(text)) return from.refuse("map key " + wire::quoted(text) + " is not UTF-8");
  into.assign(text);
  return true;
}

bool write_integer_key(Encoder& to, std::int64_t key) { return to.key(std::to_string(key)); }

bool write_unsigned_key(Encoder& to, std::uint64_t key) { return to.key(std::to_string(key)); }

bool read_integer_key(Decoder& from, std::string_view text, const IntegerType& type,
                      std::int64_t& into) {
  if (wire::parse_integer(text, into) && into >= type.low && into <= type.high) return true;
  return from.refuse("map key " + wire::quoted(text) + " is no " + std::string(type.name) +
                     " in decimal (" + std::to_string(type.low) + " to " +
                     std::to_string(type.high) + ")");
}

bool read_unsigned_key(Decoder& from, std::string_view text, std::uint64_t& into) {
  return wire::parse_unsigned(text, into) ||
         from.refuse("map key " + wire::quoted(text) + " is no u64 in decimal");
}

bool refuse_duplicate(Decoder& from, std::string_view key) {
  return from.refuse("key " + wire::quoted(key) + " stands there twice");
}

std::string_view written_key(const Encoder& to, std::size_t key_at) noexcept {
  const Buffer& buffer = to.buffer();
  wire::Head head;
  const char* at = buffer.data() + key_at;
  if (!wire::read_head(at, buffer.data() + buffer.size(), head)) return {};
  return {at + head.length, head.size};
}

bool refuse_tuple_size(Decoder& from, std::size_t expected, std::size_t got) {
  return from.refuse("expected tuple of " + std::to_string(expected) + ", got list of " +
                     std::to_string(got));
}

bool refuse_kinds(Decoder& from, Kinds expected) {
  std::string names;
  const auto add = [&names, expected](Kinds kinds, std::string_view name) {
    if ((expected & kinds) != 0) names.append(names.empty() ? "" : " or ").append(name);
  };
  add(bit(Kind::nil), "null");
  add(bit(Kind::boolean), "bool");
  add(kNumber, "number");
  add(bit(Kind::string), "string");
  add(bit(Kind::bytes), "bytes");
  add(bit(Kind::array), "list");
  add(bit(Kind::map), "map");
  add(bit(Kind::extension), "timestamp");
  return from.refuse_kind(names);
}

}  // namespace multifrost::codec
