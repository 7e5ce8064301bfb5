// A received message, taken apart: views into its frame and nothing copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "multifrost/bytes.h"

namespace multifrost::protocol {

enum class MessageKind : std::uint8_t {
  unknown,  ///< a type that we do not know: to be ignored (spec 13.3)
  call,
  response,
  error,
  out,
  err,
  heartbeat,
  shutdown,
  cancel,
  stream_item,
  stream_end,
  credit,
};

/// What stands in `metadata.mf`, the extensions between our own runtimes (wire page).
struct Extras {
  bool present = false;
  std::optional<std::uint64_t> deadline_ms;  ///< call: time left
  std::optional<std::uint64_t> credit;   ///< call: how many items of its result it takes at once
  std::optional<std::uint64_t> code;     ///< error: an ErrorCode
  std::optional<bool> executed;          ///< error: whether the handler ran
  std::string_view error_type;           ///< error: full name of a declared error
  BytesView error_fields;                ///< error: its fields, one encoded map
  std::optional<std::uint64_t> busy_ms;  ///< echo: how long the running handler has been at it
  BytesView interfaces;  ///< heartbeat: `iface` as it came, for Protocol::interfaces(); empty: none
};

/// Views live as long as the frame that they were read from.
struct Message {
  MessageKind kind = MessageKind::unknown;
  std::string_view app;  ///< as it came; another one than ours makes the message foreign
  std::string_view id;

  std::string_view function;      ///< call
  bool has_function = false;      ///< call
  std::string_view name_space;    ///< call; empty: none given
  std::size_t arguments = 0;      ///< call: how many
  BytesView arguments_at;         ///< call: their encoded values, one after another
  std::string_view traceparent;   ///< call: as it came, valid or not
  std::string_view tracestate;    ///< call: as it came, valid or not
  BytesView result;               ///< response: encoded value; empty: absent
  std::string_view text;          ///< error, out, err; stream_end: why its writer gave up
  bool has_error = false;         ///< error, stream_end
  BytesView heartbeat_metadata;   ///< heartbeat: `hb_timestamp` as it came, to be echoed
  BytesView heartbeat_arguments;  ///< heartbeat: the `args` array as it came, to be echoed
  bool is_echo = false;           ///< heartbeat: an answer to ours
  /// stream_item: `seq`; credit: `n`. None: missing, negative or no number.
  std::optional<std::uint64_t> count;
  BytesView item;  ///< stream_item: encoded value; empty only with damage
  Extras extras;

  /// The envelope told who is meant, but something behind it cannot be read: answer with this
  /// reason.
  std::string damage;
};

/// A response to a call, where nothing else of the message is wanted. Views as above.
struct Result {
  std::string_view id;
  BytesView value;  ///< encoded
};

}  // namespace multifrost::protocol
