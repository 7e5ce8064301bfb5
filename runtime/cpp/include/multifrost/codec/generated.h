// What generated code is written with: structs, tagged unions and enums over tables of constants.
//
// A struct is written with field() and read with StructReader:
//
//   constexpr codec::Field kStatsFields[] = {{"mean", codec::Field::kRequired}, {"label"}};
//   constexpr codec::StructTable kStats = {"Stats", kStatsFields};
//
//   bool mf_read(mf::Decoder& from, Stats& value) {
//     codec::StructReader fields(from, kStats);
//     for (int index; fields.next(index);) {
//       switch (index) {
//         case 0: fields.read<codec::F64>(value.mean); break;
//         case 1: fields.read<codec::Optional<codec::String>>(value.label); break;
//       }
//     }
//     return fields.finish();
//   }
//
// All the work is done out of line, for the common codecs all of it; others add a few instructions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "multifrost/codec/list.h"
#include "multifrost/codec/scalar.h"
#include "multifrost/table.h"

namespace multifrost::codec {

/// Structs and tagged unions (and enums outside of inline unions): generated code declares mf_write
/// and mf_read beside the type.
template <class T>
struct Generated {
  using Type = T;
  static constexpr Kinds kKinds = std::is_enum_v<T> ? 0 : bit(Kind::map);
  static bool write(Encoder& to, const T& value) { return mf_write(to, value); }
  static bool read(Decoder& from, T& into) { return mf_read(from, into); }
};
/// An enum that travels as string, open or closed.
template <class T>
struct NamedEnum : Generated<T> {
  static constexpr Kinds kKinds = bit(Kind::string);
};
/// An enum that travels as number (`enum E: i32`), open or closed.
template <class T>
struct NumberedEnum : Generated<T> {
  static constexpr Kinds kKinds = kNumber;
};

// ---- Structs

/// Writes one entry of a map.
template <class C, class V>
bool field(Encoder& to, std::string_view key, const V& value) {
  to.key(key);
  return C::write(to, value) || to.inside(key);
}
/// `x?: T`: the entry is left out when empty (begin_map's count has to know).
template <class C, class O>
bool field_if(Encoder& to, std::string_view key, const O& optional) {
  return !optional || field<C>(to, key, *optional);
}

struct Field {
  enum Presence : bool { kOptional, kRequired };
  std::string_view key;
  Presence presence = kOptional;
};
struct StructTable {
  std::string_view type;  ///< for messages: "Detection"
  Table<Field> fields = {};
  bool strict = false;  ///< @strict: unknown keys are refused
};

/// What @keep_unknown keeps: the entries with unknown keys, in their order. Value is in
/// multifrost/value.h.
using UnknownFields = std::vector<std::pair<std::string, Value>>;  // = Value::Map
bool write_unknown(Encoder& to, const UnknownFields& fields);

/// One pass over the entries of a map. Keys may come in any order, each once; nil for a key with a
/// default means absent (idl rule 1).
class StructReader {
 public:
  /// `unknown` takes the entries that the table does not have; null: they are skipped, or refused
  /// if strict.
  StructReader(Decoder& from, const StructTable& table, UnknownFields* unknown = nullptr);
  StructReader(const StructReader&) = delete;
  StructReader& operator=(const StructReader&) = delete;
  ~StructReader();

  /// Goes to the next known entry; false at the end and after a refusal.
  bool next(int& index);

  /// Reads the entry's value with codec C.
  template <class C>
  void read(typename C::Type& into) {
    if (!C::read(*from_, into)) refuse_field();
  }
  /// The same for `x: T = literal`: nil leaves `into` as it is, except where nil says NaN.
  template <class C>
  void read_or_keep(typename C::Type& into) {
    if constexpr (!ReadsNull<C>) {
      if (from_->take_null()) return;
    }
    read<C>(into);
  }

  /// Whether everything fitted and no required key is missing.
  bool finish();

 private:
  bool take_unknown(std::string_view key);
  int find(std::string_view key) noexcept;
  bool mark_seen(int index);
  bool seen(std::size_t index) const noexcept;
  void refuse_field();

  Decoder* from_;
  const StructTable* table_;
  UnknownFields* unknown_;
  std::string_view tag_;  ///< of the union that the struct is a member of
  std::size_t left_ = 0;  ///< entries not read yet
  int current_ = -1;
  bool good_;
  std::uint64_t seen_ = 0;         ///< a bit for each of the first 64 fields
  std::vector<bool> seen_beyond_;  ///< for the others
};

// The common members, compiled into the library.
template <>
bool field<Bool>(Encoder& to, std::string_view key, const bool& value);
template <>
bool field<I32>(Encoder& to, std::string_view key, const std::int32_t& value);
template <>
bool field<I64>(Encoder& to, std::string_view key, const std::int64_t& value);
template <>
bool field<F64>(Encoder& to, std::string_view key, const double& value);
template <>
bool field<String>(Encoder& to, std::string_view key, const std::string& value);
template <>
bool field<Binary>(Encoder& to, std::string_view key, const Bytes& value);
template <>
bool field<List<F64>>(Encoder& to, std::string_view key, const std::vector<double>& value);
template <>
bool field<List<String>>(Encoder& to, std::string_view key, const std::vector<std::string>& value);

template <>
void StructReader::read<Bool>(bool& into);
template <>
void StructReader::read<I32>(std::int32_t& into);
template <>
void StructReader::read<I64>(std::int64_t& into);
template <>
void StructReader::read<F64>(double& into);
template <>
void StructReader::read<String>(std::string& into);
template <>
void StructReader::read<Binary>(Bytes& into);
template <>
void StructReader::read<List<F64>>(std::vector<double>& into);
template <>
void StructReader::read<List<String>>(std::vector<std::string>& into);

// ---- Tagged unions

struct UnionTable {
  std::string_view type;          ///< for messages: "Source"
  std::string_view tag;           ///< "kind"
  Table<std::string_view> names;  ///< the tag's values, one for each member
  bool open = false;
};

/// Writes member `index` of a union: `member`'s own map with the tag as its first entry.
template <class T>
bool write_member(Encoder& to, const UnionTable& table, std::size_t index, const T& member) {
  to.tag_next_map(table.tag, table.names[index]);
  return mf_write(to, member);
}
/// Finds out which member of a union stands next. It stays where it is: read it with read_member,
/// or, when the index is table.names.size() (open unions only), with Any. nullopt: refused.
std::optional<std::size_t> find_member(Decoder& from, const UnionTable& table);
template <class T>
bool read_member(Decoder& from, const UnionTable& table, T& into) {
  from.tag_next_map(table.tag);
  return mf_read(from, into);
}

// ---- Enums

/// An enum's values: their wire names, or, with `numbers`, the wire numbers (names are then for
/// messages). The functions below take and give the number, or the position of the name where there
/// are no numbers.
struct EnumTable {
  std::string_view type;  ///< for messages: "Format"
  Table<std::string_view> names;
  Table<std::int64_t> numbers = {};  ///< u64 values above 2^63 - 1 as their two's complement
  bool is_unsigned = false;          ///< base u64
};

/// Closed enums: a value that is not in the table is refused, naming those that are.
bool write_enum(Encoder& to, const EnumTable& table, std::int64_t value);
bool read_enum(Decoder& from, const EnumTable& table, std::int64_t& value);
bool write_enum_key(Encoder& to, const EnumTable& table, std::int64_t value);
bool read_enum_key(Decoder& from, const EnumTable& table, std::string_view text,
                   std::int64_t& value);
/// For open enums and to_string: what a wire name or number stands for, and back ("" when it is
/// unknown).
std::optional<std::int64_t> find_value(const EnumTable& table, std::string_view name) noexcept;
std::optional<std::int64_t> find_value(const EnumTable& table, std::int64_t number) noexcept;
std::string_view name_of(const EnumTable& table, std::int64_t value) noexcept;

}  // namespace multifrost::codec
