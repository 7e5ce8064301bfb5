#include "wire/json.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "multifrost/decoder.h"
#include "multifrost/encoder.h"
#include "wire/base64.h"
#include "wire/head.h"
#include "wire/text.h"

namespace multifrost::wire {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kBytesKey = "$bytes";
constexpr std::string_view kExtensionKey = "$extension";
constexpr std::string_view kFloatKey = "$float";

bool append_string(std::string_view text, Decoder& from, std::string& to) {
  if (!is_utf8(text)) return from.refuse("JSON has no text that is not UTF-8: " + quoted(text));
  append_json_string(to, text);
  return true;
}

bool append_value(Decoder& from, std::string& to);

bool append_array(Decoder& from, std::string& to) {
  std::size_t count;
  if (!from.begin_array(count)) return false;
  to.push_back('[');
  for (std::size_t at = 0; at < count; ++at) {
    if (at != 0) to.push_back(',');
    if (!append_value(from, to)) return from.inside(at);
  }
  to.push_back(']');
  from.end_array();
  return true;
}

bool append_map(Decoder& from, std::string& to) {
  std::size_t count;
  if (!from.begin_map(count)) return false;
  to.push_back('{');
  for (std::size_t at = 0; at < count; ++at) {
    std::string_view key;
    if (!from.key(key)) return false;
    const std::string kept = (key.starts_with('$') ? "$" : "") + std::string(key);
    if (at != 0) to.push_back(',');
    if (!append_string(kept, from, to)) return false;
    to.push_back(':');
    if (!append_value(from, to)) return from.inside_key(kept);
  }
  to.push_back('}');
  from.end_map();
  return true;
}

void append_wrapped(std::string_view key, std::string_view json, std::string& to) {
  to.append("{\"").append(key).append("\":").append(json).append("}");
}

bool append_number(Decoder& from, std::string& to) {
  BytesView encoded;
  if (!from.raw(encoded)) return false;
  const std::string_view bytes = encoded.as_text();
  Head head;
  read_head(bytes.data(), bytes.data() + bytes.size(), head);
  if (head.kind == Kind::integer) {
    to.append(head.negative ? std::to_string(head.as_signed()) : std::to_string(head.bits));
  } else if (std::isfinite(head.as_double())) {
    to.append(number_text(head.as_double()));
  } else {
    append_wrapped(kFloatKey, '"' + number_text(head.as_double()) + '"', to);
  }
  return true;
}

bool append_value(Decoder& from, std::string& to) {
  bool flag = false;
  std::string_view text;
  Bytes bytes;
  std::int8_t type = 0;
  BytesView data;
  switch (from.peek()) {
    case Kind::nil:
      to.append("null");
      return from.null();
    case Kind::boolean:
      if (!from.boolean(flag)) return false;
      to.append(flag ? "true" : "false");
      return true;
    case Kind::integer:
    case Kind::floating:
      return append_number(from, to);
    case Kind::string:
      return from.string_view(text) && append_string(text, from, to);
    case Kind::bytes:
      if (!from.bytes(bytes)) return false;
      append_wrapped(kBytesKey, '"' + base64(bytes) + '"', to);
      return true;
    case Kind::array:
      return append_array(from, to);
    case Kind::map:
      return append_map(from, to);
    case Kind::extension:
      if (!from.extension(type, data)) return false;
      append_wrapped(kExtensionKey, "[" + std::to_string(type) + ",\"" + base64(data) + "\"]", to);
      return true;
    case Kind::end:
      break;
  }
  return from.refuse_kind("a value");
}

// The other way. The DOM's depth has been limited while it was read.

bool refuse(std::string& reason, std::string_view why) {
  reason = why;
  return false;
}

bool write_wrapped(const std::string& key, const Json& value, Encoder& to, std::string& reason) {
  std::string data;
  if (key == kBytesKey && value.is_string() && from_base64(value.get<std::string>(), data)) {
    return to.bytes(data);
  }
  if (key == kExtensionKey && value.is_array() && value.size() == 2 && value[0].is_number() &&
      value[1].is_string() && from_base64(value[1].get<std::string>(), data)) {
    return to.extension(value[0].get<std::int8_t>(), data);
  }
  if (key == kFloatKey && value.is_string()) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto& name = value.get_ref<const std::string&>();
    if (name == "NaN") return to.floating(std::numeric_limits<double>::quiet_NaN());
    if (name == "Infinity") return to.floating(infinity);
    if (name == "-Infinity") return to.floating(-infinity);
  }
  return refuse(reason, "{\"" + key + "\": ...} does not hold what it should");
}

bool write_value(const Json& value, Encoder& to, std::string& reason);

bool write_object(const Json& object, Encoder& to, std::string& reason) {
  const auto is_escape = [](const std::string& key) {
    return key.starts_with('$') && !key.starts_with("$$");
  };
  if (object.size() == 1 && is_escape(object.begin().key())) {
    return write_wrapped(object.begin().key(), object.begin().value(), to, reason);
  }
  to.begin_map(object.size());
  for (const auto& [key, value] : object.items()) {
    to.key(std::string_view(key).substr(key.starts_with("$$") ? 1 : 0));
    if (!write_value(value, to, reason)) return false;
  }
  to.end_map();
  return true;
}

bool write_value(const Json& value, Encoder& to, std::string& reason) {
  switch (value.type()) {
    case Json::value_t::boolean:
      return to.boolean(value.get<bool>());
    case Json::value_t::number_integer:
      return to.integer(value.get<std::int64_t>());
    case Json::value_t::number_unsigned:
      return to.unsigned_integer(value.get<std::uint64_t>());
    case Json::value_t::number_float:
      return to.floating(value.get<double>());
    case Json::value_t::string:
      return to.string(value.get_ref<const std::string&>());
    case Json::value_t::array:
      to.begin_array(value.size());
      for (const Json& item : value) {
        if (!write_value(item, to, reason)) return false;
      }
      to.end_array();
      return true;
    case Json::value_t::object:
      return write_object(value, to, reason);
    default:
      return to.null();
  }
}

struct TooDeep {};

}  // namespace

bool json_from_msgpack(BytesView message, Buffer& into, std::string& reason) {
  Decoder from(message);
  std::string text;
  if (!append_value(from, text) || !from.finish()) {
    reason = from.path() + (from.path().empty() ? "" : ": ") + from.reason();
    return false;
  }
  into.append(text);
  return true;
}

bool json_to_msgpack(std::string_view text, Buffer& into, std::string& reason) {
  constexpr auto depth_limit = static_cast<int>(DecodeLimits{}.depth);
  const auto limit_depth = [](int depth, Json::parse_event_t, Json&) {
    return depth <= depth_limit ? true : throw TooDeep();
  };
  try {
    Encoder to;
    if (!write_value(Json::parse(text, limit_depth), to, reason)) return false;
    into = to.take_buffer();
    return true;
  } catch (const TooDeep&) {
    return refuse(reason, "nested too deeply");
  } catch (const Json::exception& fault) {
    return refuse(reason, std::string("not JSON: ") + fault.what());
  }
}

}  // namespace multifrost::wire
