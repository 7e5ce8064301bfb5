// Value on the wire and as text: healed on the way out, lenient on the way in (spec 11.2).
#include <algorithm>
#include <limits>

#include "multifrost/codec/list.h"
#include "multifrost/codec/map.h"
#include "multifrost/encode.h"
#include "multifrost/value.h"
#include "wire/text.h"

namespace multifrost {

/// Generated code never needs the alternatives themselves; this file does.
struct ValueAccess {
  static const Value::Variant& state(const Value& value) noexcept { return value.state_; }
};

namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

bool write_value(Encoder& to, const Value& value) {
  return std::visit(
      Overloaded{
          [&](std::monostate) { return to.null(); },
          [&](bool flag) { return to.boolean(flag); },
          [&](std::int64_t number) { return to.integer(number); },
          [&](std::uint64_t) { return to.integer(std::numeric_limits<std::int64_t>::max()); },
          [&](double number) { return codec::is_finite(number) ? to.floating(number) : to.null(); },
          [&](const std::string& text) { return codec::String::write(to, text); },
          [&](const Bytes& bytes) { return to.bytes(bytes); },
          [&](const Value::Array& items) { return codec::List<codec::Any>::write(to, items); },
          [&](const Value::Map& entries) {
            to.begin_map(entries.size());
            for (const auto& [key, item] : entries) {
              if (!codec::StringKey::write(to, key)) return false;
              if (!write_value(to, item)) return to.inside_key(key);
            }
            to.end_map();
            return true;
          },
          [&](const Value::Extension& other) { return to.extension(other.type, other.data); },
      },
      ValueAccess::state(value));
}

bool read_map(Decoder& from, Value& into) {
  std::size_t count;
  if (!from.begin_map(count)) return false;
  Value::Map entries;
  entries.reserve(codec::worth_reserving(from, count, sizeof(entries.front())));
  for (; count != 0; --count) {
    std::string_view key;
    if (!from.key(key)) return false;
    auto& entry = entries.emplace_back(std::string(key), Value());
    if (!codec::Any::read(from, entry.second)) return from.inside_key(entry.first);
  }
  from.end_map();
  into = std::move(entries);
  return true;
}

bool read_number(Decoder& from, Value& into) {
  if (from.peek() == Kind::floating) {
    double number;
    if (!from.floating(number)) return false;
    into = number;
    return true;
  }
  // Only what no std::int64_t holds is read as unsigned.
  const Decoder::Mark start = from.mark();
  std::int64_t number;
  if (from.integer(number)) {
    into = number;
    return true;
  }
  from.clear();
  from.rewind(start);
  std::uint64_t wide;
  if (!from.unsigned_integer(wide)) return false;
  into = wide;
  return true;
}

void append(std::string& to, const Value& value);

template <class Items, class Append>
void append_all(std::string& to, char open, char close, const Items& items, Append append_one) {
  to.push_back(open);
  bool first = true;
  for (const auto& item : items) {
    if (!std::exchange(first, false)) to.append(", ");
    append_one(item);
  }
  to.push_back(close);
}

void append(std::string& to, const Value& value) {
  std::visit(Overloaded{
                 [&](std::monostate) { to.append("null"); },
                 [&](bool flag) { to.append(flag ? "true" : "false"); },
                 [&](std::int64_t number) { to.append(std::to_string(number)); },
                 [&](std::uint64_t number) { to.append(std::to_string(number)); },
                 [&](double number) { to.append(wire::number_text(number)); },
                 [&](const std::string& text) { to.append(wire::quoted(text, text.size())); },
                 [&](const Bytes& bytes) { to.append(to_string(bytes)); },
                 [&](const Value::Array& items) {
                   append_all(to, '[', ']', items, [&](const Value& item) { append(to, item); });
                 },
                 [&](const Value::Map& entries) {
                   append_all(to, '{', '}', entries, [&](const auto& entry) {
                     to.append(wire::quoted(entry.first, entry.first.size())).append(": ");
                     append(to, entry.second);
                   });
                 },
                 [&](const Value::Extension& other) {
                   to.append("extension(" + std::to_string(other.type) + ", " +
                             to_string(other.data) + ")");
                 },
             },
             ValueAccess::state(value));
}

}  // namespace

bool codec::Any::write(Encoder& to, const Value& value) { return write_value(to, value); }

bool codec::Any::read(Decoder& from, Value& into) {
  switch (from.peek()) {
    case Kind::nil:
      into = Value();
      return from.null();
    case Kind::boolean: {
      bool flag = false;
      if (!from.boolean(flag)) return false;
      into = flag;
      return true;
    }
    case Kind::integer:
    case Kind::floating:
      return read_number(from, into);
    case Kind::string: {
      std::string text;
      if (!from.string(text)) return false;
      into = std::move(text);
      return true;
    }
    case Kind::bytes: {
      Bytes bytes;
      if (!from.bytes(bytes)) return false;
      into = std::move(bytes);
      return true;
    }
    case Kind::array: {
      Value::Array items;
      if (!codec::List<Any>::read(from, items)) return false;
      into = std::move(items);
      return true;
    }
    case Kind::map:
      return read_map(from, into);
    case Kind::extension: {
      Value::Extension other;
      BytesView data;
      if (!from.extension(other.type, data)) return false;
      other.data = Bytes(data);
      into = std::move(other);
      return true;
    }
    case Kind::end:
      break;
  }
  return from.refuse_kind("a value");
}

std::string to_string(const Value& value) {
  std::string text;
  append(text, value);
  return text;
}

Result<Bytes> encode(const Value& value, Format format) {
  return detail::encode(&detail::write_value<codec::Any>, &value, format);
}

Result<Value> decode_value(const Bytes& encoded, Format format) {
  Value value;
  if (auto failure = detail::decode(&detail::read_value<codec::Any>, &value, encoded, format)) {
    return *std::move(failure);
  }
  return value;
}

}  // namespace multifrost
