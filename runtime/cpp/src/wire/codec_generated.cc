#include "multifrost/codec/generated.h"

#include <algorithm>

#include "multifrost/codec.h"
#include "multifrost/value.h"
#include "wire/text.h"

namespace multifrost::codec {
namespace {

constexpr std::size_t kBits = 64;

std::string number_text(const EnumTable& table, std::int64_t number) {
  return table.is_unsigned ? std::to_string(static_cast<std::uint64_t>(number))
                           : std::to_string(number);
}

// "Format (jpeg, png, image/tiff)", "Priority (low = 0, normal = 1, high = 2)"
std::string described(const EnumTable& table) {
  std::string text = std::string(table.type) + " (";
  for (std::size_t at = 0; at < table.names.size(); ++at) {
    if (at != 0) text.append(", ");
    text.append(table.names[at]);
    if (!table.numbers.empty()) text.append(" = " + number_text(table, table.numbers[at]));
  }
  return text + ")";
}

// Where `value` stands in the table; its size when it does not.
std::size_t position(const EnumTable& table, std::int64_t value) noexcept {
  if (table.numbers.empty()) {
    const auto at = static_cast<std::uint64_t>(value);
    return at < table.names.size() ? at : table.names.size();
  }
  return static_cast<std::size_t>(std::find(table.numbers.begin(), table.numbers.end(), value) -
                                  table.numbers.begin());
}

bool refuse_value(Encoder& to, const EnumTable& table, std::int64_t value) {
  return to.refuse("expected " + described(table) + ", got " + number_text(table, value));
}

}  // namespace

bool write_unknown(Encoder& to, const UnknownFields& fields) {
  for (const auto& [key, value] : fields) {
    to.key(key);
    if (!Any::write(to, value)) return to.inside(key);
  }
  return true;
}

StructReader::StructReader(Decoder& from, const StructTable& table, UnknownFields* unknown)
    : from_(&from), table_(&table), unknown_(unknown), tag_(from.take_tag()) {
  if (from.peek() != Kind::map) {
    good_ = from.refuse_kind(table.type);
  } else {
    good_ = from.begin_map(left_);
  }
  if (table.fields.size() > kBits) seen_beyond_.resize(table.fields.size() - kBits);
  if (unknown != nullptr) unknown->clear();
}

StructReader::~StructReader() = default;

bool StructReader::next(int& index) {
  while (good_ && left_ != 0) {
    --left_;
    std::string_view key;
    if (!from_->key(key)) return good_ = false;
    index = find(key);
    if (index >= 0) {
      current_ = index;
      return good_ = mark_seen(index);
    }
    good_ = take_unknown(key);
  }
  return false;
}

int StructReader::find(std::string_view key) noexcept {
  // Peers write the keys in the order of the declaration: the next one is the likely one.
  const Table<Field> fields = table_->fields;
  const auto likely = static_cast<std::size_t>(current_ + 1);
  if (likely < fields.size() && fields[likely].key == key) return current_ + 1;
  for (std::size_t at = 0; at < fields.size(); ++at) {
    if (fields[at].key == key) return static_cast<int>(at);
  }
  return -1;
}

bool StructReader::seen(std::size_t index) const noexcept {
  return index < kBits ? (seen_ >> index & 1) != 0 : seen_beyond_[index - kBits];
}

bool StructReader::mark_seen(int index) {
  const auto at = static_cast<std::size_t>(index);
  if (seen(at)) {
    return from_->refuse("key " + wire::quoted(table_->fields[at].key) + " stands there twice");
  }
  if (at < kBits) {
    seen_ |= std::uint64_t{1} << at;
  } else {
    seen_beyond_[at - kBits] = true;
  }
  return true;
}

bool StructReader::take_unknown(std::string_view key) {
  if (!tag_.empty() && key == tag_) return from_->skip();
  if (unknown_ != nullptr) {
    Value& value = unknown_->emplace_back(std::string(key), Value()).second;
    return Any::read(*from_, value) || from_->inside(unknown_->back().first);
  }
  if (!table_->strict) return from_->skip();
  std::string known;
  for (const Field& field : table_->fields) {
    known.append(known.empty() ? "" : ", ").append(field.key);
  }
  return from_->refuse("unknown key " + wire::quoted(key) + "; " + std::string(table_->type) +
                       " is strict and has " + known);
}

void StructReader::refuse_field() {
  good_ = from_->inside(table_->fields[static_cast<std::size_t>(current_)].key);
}

bool StructReader::finish() {
  if (!good_) return false;
  for (std::size_t at = 0; at < table_->fields.size(); ++at) {
    const Field& field = table_->fields[at];
    if (field.presence == Field::kRequired && !seen(at)) {
      return from_->refuse("expected " + std::string(table_->type) + ", but key " +
                           wire::quoted(field.key) + " is missing");
    }
  }
  from_->end_map();
  return true;
}

std::optional<std::size_t> find_member(Decoder& from, const UnionTable& table) {
  const Decoder::Mark start = from.mark();
  const auto refuse = [&](const std::string& got) -> std::optional<std::size_t> {
    std::string names;
    for (const std::string_view name : table.names) {
      names.append(names.empty() ? "" : ", ").append(name);
    }
    from.refuse("expected " + std::string(table.type) + " (" + std::string(table.tag) + ": " +
                names + "), got " + got);
    return std::nullopt;
  };

  std::size_t count;
  if (from.peek() != Kind::map) {
    from.refuse_kind(table.type);
    return std::nullopt;
  }
  if (!from.begin_map(count)) return std::nullopt;
  for (; count != 0; --count) {
    std::string_view key;
    if (!from.key(key)) return std::nullopt;
    if (key != table.tag) {
      if (!from.skip()) return std::nullopt;
      continue;
    }
    if (from.peek() != Kind::string) return refuse(from.describe_next());
    std::string_view name;
    if (!from.string_view(name)) return std::nullopt;
    const auto found = std::find(table.names.begin(), table.names.end(), name);
    if (found == table.names.end() && !table.open) return refuse(wire::quoted(name));
    from.rewind(start);
    return static_cast<std::size_t>(found - table.names.begin());
  }
  return refuse("a map without " + wire::quoted(table.tag));
}

std::optional<std::int64_t> find_value(const EnumTable& table, std::string_view name) noexcept {
  const auto found = std::find(table.names.begin(), table.names.end(), name);
  if (found == table.names.end()) return std::nullopt;
  const auto at = found - table.names.begin();
  return table.numbers.empty() ? at : table.numbers[static_cast<std::size_t>(at)];
}

std::optional<std::int64_t> find_value(const EnumTable& table, std::int64_t number) noexcept {
  if (position(table, number) == table.names.size()) return std::nullopt;
  return number;
}

std::string_view name_of(const EnumTable& table, std::int64_t value) noexcept {
  const std::size_t at = position(table, value);
  return at < table.names.size() ? table.names[at] : std::string_view();
}

bool write_enum(Encoder& to, const EnumTable& table, std::int64_t value) {
  const std::size_t at = position(table, value);
  if (at == table.names.size()) return refuse_value(to, table, value);
  if (table.numbers.empty()) return to.string(table.names[at]);
  return table.is_unsigned ? to.unsigned_integer(static_cast<std::uint64_t>(value))
                           : to.integer(value);
}

bool read_enum(Decoder& from, const EnumTable& table, std::int64_t& value) {
  const Decoder::Mark start = from.mark();
  std::optional<std::int64_t> found;
  const Kind kind = from.peek();
  if (table.numbers.empty()) {
    std::string_view name;
    if (kind != Kind::string) return from.refuse_kind(described(table));
    if (!from.string_view(name)) return false;
    found = find_value(table, name);
    if (!found) return from.refuse("expected " + described(table) + ", got " + wire::quoted(name));
  } else {
    if (kind != Kind::integer && kind != Kind::floating) {
      return from.refuse_kind(described(table));
    }
    std::int64_t number = 0;
    std::uint64_t wide = 0;
    const bool good = table.is_unsigned ? from.unsigned_integer(wide) : from.integer(number);
    if (table.is_unsigned) number = static_cast<std::int64_t>(wide);
    if (good) found = find_value(table, number);
    if (!found) {
      from.clear();
      from.rewind(start);
      return from.refuse_kind(described(table));
    }
  }
  value = *found;
  return true;
}

bool write_enum_key(Encoder& to, const EnumTable& table, std::int64_t value) {
  const std::size_t at = position(table, value);
  if (at == table.names.size()) return refuse_value(to, table, value);
  return to.key(table.numbers.empty() ? table.names[at] : number_text(table, value));
}

bool read_enum_key(Decoder& from, const EnumTable& table, std::string_view text,
                   std::int64_t& value) {
  std::optional<std::int64_t> found;
  std::int64_t number = 0;
  std::uint64_t wide = 0;
  if (table.numbers.empty()) {
    found = find_value(table, text);
  } else if (table.is_unsigned ? wire::parse_unsigned(text, wide)
                               : wire::parse_integer(text, number)) {
    found = find_value(table, table.is_unsigned ? static_cast<std::int64_t>(wide) : number);
  }
  if (!found)
    return from.refuse("expected " + described(table) + " as map key, got " + wire::quoted(text));
  value = *found;
  return true;
}

}  // namespace multifrost::codec
