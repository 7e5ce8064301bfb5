// Multifrost v3, the writing half. The order of fields is ours: what callers write in place comes
// last, so that a message is written once from front to back.
#include <bit>
#include <chrono>

#include "protocol/timestamp.h"
#include "protocol/v3.h"
#include "protocol/v3_own_form.h"
#include "wire/text.h"

namespace multifrost::protocol {
namespace {

/// The four fields that every message carries (some receivers drop a message without one of them).
void common(Encoder& to, std::size_t more_fields, std::string_view id, std::string_view type,
            Time now = std::chrono::steady_clock::now()) {
  if (id.size() == kOwnIdSize) {
    return begin_own_form(to, 4 + more_fields, id, type, wall_seconds(now));
  }
  to.begin_map(4 + more_fields);
  to.key("app");
  to.string(kAppId);
  to.key("id");
  to.string(id);
  to.key("type");
  to.string(type);
  to.key("timestamp");
  to.floating(wall_seconds(now));
}

/// `mf: {v: 1, …` with room for `fields` more.
void begin_mf(Encoder& to, std::size_t fields) {
  to.key("mf");
  to.begin_map(1 + fields);
  to.key("v");
  to.integer(1);
}

/// `metadata: {mf: {v: 1, …`.
void begin_extras(Encoder& to, std::size_t fields) {
  to.key("metadata");
  to.begin_map(1);
  begin_mf(to, fields);
}

void end_extras(Encoder& to) {
  to.end_map();
  to.end_map();
}

/// `mf: {v: 1, …}` of a call that has at least one of them.
void write_call_mf(Encoder& to, const CallHead& head) {
  begin_mf(to, (head.deadline_ms ? 1u : 0u) + (head.credit ? 1u : 0u));
  if (head.deadline_ms) {
    to.key("deadline_ms");
    to.unsigned_integer(*head.deadline_ms);
  }
  if (head.credit) {
    to.key("credit");
    to.unsigned_integer(*head.credit);
  }
  to.end_map();
}

void write_traced_metadata(Encoder& to, const CallHead& head) {
  const bool extras = head.deadline_ms || head.credit;
  to.key("metadata");
  to.begin_map(1u + (head.tracestate.empty() ? 0 : 1) + (extras ? 1 : 0));
  to.key("traceparent");
  to.string(head.traceparent);
  if (!head.tracestate.empty()) {
    to.key("tracestate");
    to.string(head.tracestate);
  }
  if (extras) write_call_mf(to, head);
  to.end_map();
}

/// One map, or an array where there are several or none.
void write_interfaces(Encoder& to, const InterfaceList& interfaces) {
  to.key("iface");
  if (interfaces.size() != 1) to.begin_array(interfaces.size());
  for (const Interface* interface : interfaces) {
    to.begin_map(3);
    to.key("name");
    to.string(interface->name);
    to.key("version");
    to.string(interface->version);
    to.key("fingerprint");
    to.string(interface->fingerprint);
    to.end_map();
  }
  if (interfaces.size() != 1) to.end_array();
}

}  // namespace

[[gnu::hot]] void V3::begin_call(Encoder& to, const CallHead& head) const {
  if (!begin_own_call(to, head, wall_seconds(head.now))) begin_call_by_fields(to, head);
}

void V3::begin_call_by_fields(Encoder& to, const CallHead& head) {
  const bool traced = !head.traceparent.empty();
  const bool extras = head.deadline_ms || head.credit;
  common(to, extras || traced ? 4 : 3, head.id, "call", head.now);
  to.key("function");
  to.string(head.function);
  // Always there, never nil and never empty: Python and Rust drop a call without a good one.
  to.key("namespace");
  to.string(head.name_space.empty() ? std::string_view("default") : head.name_space);
  if (traced) {
    write_traced_metadata(to, head);
  } else if (extras) {
    to.key("metadata");
    to.begin_map(1);
    write_call_mf(to, head);
    to.end_map();
  }
  to.key("args");
  to.begin_array(head.arguments);
}

void V3::end_call(Encoder& to) const {
  to.end_array();
  to.end_map();
}

[[gnu::hot]] void V3::begin_response(Encoder& to, std::string_view id, Time now) const {
  if (id.size() == kOwnIdSize) return begin_own_response(to, id, wall_seconds(now));
  common(to, 1, id, "response", now);
  to.key("result");
}

void V3::end_response(Encoder& to) const { to.end_map(); }

void V3::error(Encoder& to, std::string_view id, std::string_view text,
               const ErrorExtras& extras) const {
  common(to, 2, id, "error");
  to.key("error");
  to.string(text);
  const bool typed = !extras.type.empty();
  begin_extras(to, typed ? 3 : 2);
  to.key("code");
  to.unsigned_integer(static_cast<std::uint64_t>(extras.code));
  to.key("executed");
  to.boolean(extras.execution != Execution::not_executed);
  if (typed) {
    to.key("error");
    to.begin_map(extras.fields.empty() ? 1 : 2);
    to.key("type");
    to.string(extras.type);
    if (!extras.fields.empty()) {
      to.key("fields");
      to.raw(extras.fields);
    }
    to.end_map();
  }
  end_extras(to);
  to.end_map();
}

void V3::output(Encoder& to, std::string_view id, OutputStream stream,
                std::string_view text) const {
  common(to, 1, id, stream == OutputStream::out ? "stdout" : "stderr");
  to.key("output");
  to.string(wire::mend_utf8(text));  // programs print what they like
  to.end_map();
}

void V3::heartbeat(Encoder& to, std::string_view id, const InterfaceList* expected) const {
  // Both forms, since JavaScript reads only `args`; no namespace: Python drops beats for a foreign
  // one.
  const Time now = std::chrono::steady_clock::now();
  common(to, 2, id, "heartbeat", now);
  const double seconds = wall_seconds(now);
  to.key("args");
  to.begin_array(1);
  to.integer(static_cast<std::int64_t>(seconds * 1000));
  to.end_array();
  to.key("metadata");
  to.begin_map(expected != nullptr ? 2 : 1);
  to.key("hb_timestamp");
  to.floating(seconds);
  if (expected != nullptr) {
    to.key("mf");
    to.begin_map(2);
    to.key("v");
    to.integer(1);
    write_interfaces(to, *expected);
    to.end_map();
  }
  to.end_map();
  to.end_map();
}

void V3::echo(Encoder& to, const Message& heartbeat, std::optional<std::uint64_t> busy_ms,
              const InterfaceList& served) const {
  const bool arguments = !heartbeat.heartbeat_arguments.empty();
  const bool timestamp = !heartbeat.heartbeat_metadata.empty();
  common(to, arguments ? 2 : 1, heartbeat.id, "heartbeat");
  if (arguments) {
    to.key("args");
    to.raw(heartbeat.heartbeat_arguments);
  }
  to.key("metadata");
  to.begin_map(timestamp ? 3 : 2);
  if (timestamp) {
    to.key("hb_timestamp");
    to.raw(heartbeat.heartbeat_metadata);
  }
  to.key("hb_response");
  to.boolean(true);
  to.key("mf");
  const bool tell = !heartbeat.extras.interfaces.empty() && !served.empty();
  to.begin_map(1u + (busy_ms ? 1 : 0) + (tell ? 1 : 0));
  to.key("v");
  to.integer(1);
  if (busy_ms) {
    to.key("busy_ms");
    to.unsigned_integer(*busy_ms);
  }
  if (tell) write_interfaces(to, served);
  to.end_map();
  to.end_map();
  to.end_map();
}

void V3::shutdown(Encoder& to, std::string_view id) const {
  common(to, 0, id, "shutdown");
  to.end_map();
}

void V3::cancel(Encoder& to, std::string_view id) const {
  common(to, 0, id, "mf_cancel");
  to.end_map();
}

void V3::begin_item(Encoder& to, std::string_view id, std::uint64_t sequence) const {
  common(to, 2, id, "mf_stream");
  to.key("seq");
  to.unsigned_integer(sequence);
  to.key("value");
}

void V3::end_item(Encoder& to) const { to.end_map(); }

void V3::stream_end(Encoder& to, std::string_view id, std::optional<std::string_view> error) const {
  common(to, error ? 1 : 0, id, "mf_stream_end");
  if (error) {
    to.key("error");
    to.string(wire::mend_utf8(*error));
  }
  to.end_map();
}

void V3::credit(Encoder& to, std::string_view id, std::uint64_t items) const {
  common(to, 1, id, "mf_credit");
  to.key("n");
  to.unsigned_integer(items);
  to.end_map();
}

}  // namespace multifrost::protocol
