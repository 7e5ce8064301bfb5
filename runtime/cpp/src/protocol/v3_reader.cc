// Multifrost v3, the reading half: one pass over the envelope, values are only passed over.
//
// Tolerant by the wire page: fields in any order, unknown ones and unknown types ignored, `args`
// and `result` may be missing, a field of the wrong type counts as missing. Whatever cannot be read
// at all is garbage; if by then a call's or an answer's id was read, the message is given with its
// damage, so that somebody hears of it.
#include "multifrost/decoder.h"
#include "protocol/v3.h"
#include "protocol/v3_own_form.h"
#include "wire/text.h"

namespace multifrost::protocol {
namespace {

MessageKind kind_of(std::string_view type) noexcept {
  if (type == "call") return MessageKind::call;
  if (type == "response") return MessageKind::response;
  if (type == "error") return MessageKind::error;
  if (type == "heartbeat") return MessageKind::heartbeat;
  if (type == "stdout") return MessageKind::out;
  if (type == "stderr") return MessageKind::err;
  if (type == "shutdown") return MessageKind::shutdown;
  if (type == "mf_cancel") return MessageKind::cancel;
  if (type == "mf_stream") return MessageKind::stream_item;
  if (type == "mf_stream_end") return MessageKind::stream_end;
  if (type == "mf_credit") return MessageKind::credit;
  return MessageKind::unknown;
}

/// Reads a string if one stands there; passes over anything else. False: not readable at all.
bool text(Decoder& from, std::string_view& into) {
  return from.peek() == Kind::string ? from.string_view(into) : from.skip();
}

bool is_number(const Decoder& from) noexcept {
  return from.peek() == Kind::integer || from.peek() == Kind::floating;
}

bool number(Decoder& from, std::optional<std::uint64_t>& into) {
  if (!is_number(from)) return from.skip();
  const Decoder::Mark before = from.mark();
  std::uint64_t value = 0;
  if (from.unsigned_integer(value)) {
    into = value;
    return true;
  }
  from.clear();
  from.rewind(before);
  return from.skip();
}

bool flag(Decoder& from, bool& into) {
  return from.peek() == Kind::boolean ? from.boolean(into) : from.skip();
}

/// Calls `field(key)` for `count` entries of a map, each of which must pass over its value.
template <class Field>
bool each_of(Decoder& from, std::size_t count, Field&& field) {
  for (; count > 0; --count) {
    std::string_view key;
    if (!from.key(key) || !field(key)) return false;
  }
  from.end_map();
  return true;
}

/// The same for a whole map; skips anything else.
template <class Field>
bool each_field(Decoder& from, Field&& field) {
  if (from.peek() != Kind::map) return from.skip();
  std::size_t count = 0;
  return from.begin_map(count) && each_of(from, count, field);
}

bool read_typed_error(Decoder& from, Extras& into) {
  return each_field(from, [&](std::string_view key) {
    if (key == "type") return text(from, into.error_type);
    if (key == "fields" && from.peek() == Kind::map) return from.raw(into.error_fields);
    return from.skip();
  });
}

bool read_extras(Decoder& from, Extras& into) {
  return each_field(from, [&](std::string_view key) {
    into.present = true;
    if (key == "deadline_ms") return number(from, into.deadline_ms);
    if (key == "credit") return number(from, into.credit);
    if (key == "code") return number(from, into.code);
    if (key == "busy_ms") return number(from, into.busy_ms);
    if (key == "error") return read_typed_error(from, into);
    if (key == "iface") return from.raw(into.interfaces);
    if (key == "executed" && from.peek() == Kind::boolean)
      return from.boolean(into.executed.emplace());
    return from.skip();
  });
}

bool read_metadata(Decoder& from, Message& into) {
  return each_field(from, [&](std::string_view key) {
    if (key == "hb_timestamp" && is_number(from)) return from.raw(into.heartbeat_metadata);
    if (key == "hb_response") return flag(from, into.is_echo);
    if (key == "mf") return read_extras(from, into.extras);
    if (key == "traceparent") return text(from, into.traceparent);
    if (key == "tracestate") return text(from, into.tracestate);
    return from.skip();
  });
}

/// Keeps its items apart for a call, and JavaScript's `[milliseconds]` whole for a heartbeat's
/// echo: what is sent back unread must be known to be readable.
bool read_arguments(Decoder& from, Message& into) {
  if (from.peek() != Kind::array) return from.skip();
  const std::size_t before = from.remaining();
  BytesView whole;
  Decoder::Mark start = from.mark();
  if (!from.raw(whole)) return false;
  const Decoder::Mark end = from.mark();
  from.rewind(start);
  std::size_t count = 0;
  if (!from.begin_array(count)) return false;
  const std::size_t head = before - from.remaining();
  if (count == 1 && is_number(from)) into.heartbeat_arguments = whole;
  from.end_array();
  from.rewind(end);
  into.arguments = count;
  into.arguments_at = BytesView(whole.data() + head, whole.size() - head);
  return true;
}

/// Any field of a message, by its name.
bool read_field(Decoder& from, std::string_view key, std::string_view& type, Message& into) {
  switch (key.size()) {
    case 1:
      if (key == "n") return number(from, into.count);
      break;
    case 2:
      if (key == "id") return text(from, into.id);
      break;
    case 3:
      if (key == "app") return text(from, into.app);
      if (key == "seq") return number(from, into.count);
      break;
    case 4:
      if (key == "type") return text(from, type);
      if (key == "args") return read_arguments(from, into);
      break;
    case 5:
      if (key == "error") {
        into.has_error = from.peek() == Kind::string;
        return text(from, into.text);
      }
      if (key == "value") return from.raw(into.item);
      break;
    case 6:
      if (key == "result") return from.raw(into.result);
      if (key == "output") return text(from, into.text);
      break;
    case 8:
      if (key == "function") {
        into.has_function = from.peek() == Kind::string;
        return text(from, into.function);
      }
      if (key == "metadata") return read_metadata(from, into);
      break;
    case 9:
      if (key == "namespace") return text(from, into.name_space);
      break;
    default:
      break;
  }
  return from.skip();
}

}  // namespace

[[gnu::hot]] Reading V3::read(const Bytes& frame, Message& into) const {
  if (read_own_form(frame.view().as_text(), into)) return Reading::message;
  return read_fields(frame, into);
}

[[gnu::hot]] bool V3::read_result(const Bytes& frame, Result& into) const noexcept {
  return read_own_result(frame.view().as_text(), into);
}

Reading V3::read_fields(const Bytes& frame, Message& into) {
  into = Message{};
  Decoder from(frame);
  std::string_view type;
  if (from.peek() != Kind::map) return Reading::garbage;
  std::size_t fields = 0;
  const bool whole = from.begin_map(fields) && each_of(from, fields, [&](std::string_view key) {
                       return read_field(from, key, type, into);
                     });
  if (!whole) into.damage = from.path() + ": " + from.reason();
  if (!into.app.empty() && into.app != kAppId) return Reading::foreign;
  into.kind = kind_of(type);
  if (into.kind == MessageKind::stream_item && into.item.empty() && into.damage.empty()) {
    into.damage = "an item without a value";
  }
  // An answer carries the id back as text, so it must be text.
  const bool answerable =
      into.app == kAppId && !into.id.empty() && wire::is_utf8(into.id) && !type.empty();
  return answerable ? Reading::message : Reading::garbage;
}

std::vector<Interface> V3::interfaces(BytesView encoded) const {
  std::vector<Interface> found;
  if (encoded.empty()) return found;
  Decoder from(encoded);
  std::size_t count = 1;
  const bool list = from.peek() == Kind::array;
  if (list && !from.begin_array(count)) return found;
  for (; count > 0; --count) {
    Interface& one = found.emplace_back();
    const bool is_map = from.peek() == Kind::map;
    const bool good = each_field(from, [&](std::string_view key) {
      if (key == "name") return text(from, one.name);
      if (key == "version") return text(from, one.version);
      if (key == "fingerprint") return text(from, one.fingerprint);
      return from.skip();
    });
    if (!good || !is_map) found.pop_back();
    if (!good) break;
  }
  return found;
}

const Protocol& multifrost_v3() noexcept {
  static const V3 protocol;
  return protocol;
}

}  // namespace multifrost::protocol
