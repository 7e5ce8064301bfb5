// Messages in the form in which our own runtimes write them: app, id, type, timestamp, in this
// order and with an id of 36 characters; then a call's function, namespace, deadline and args, a
// response's result or a stream item's seq and value, and nothing behind.
//
// Nearly every message has this form. Recognising it takes a few comparisons, where reading field
// by field takes a few hundred. Every other order and form is read field by field, with the same
// result; but what stands last, arguments, result or item, is not passed over here: whoever reads
// the values finds what is wrong with them.
#pragma once

#include <string_view>

#include "multifrost/encoder.h"
#include "protocol/message.h"
#include "protocol/protocol.h"

namespace multifrost::protocol {

/// How many bytes an id must have.
inline constexpr std::size_t kOwnIdSize = 36;

/// False: the message has another form; `into` may have been changed. `into` is a fresh Message.
bool read_own_form(std::string_view frame, Message& into) noexcept;

/// False: no response in this form.
bool read_own_result(std::string_view frame, Result& into) noexcept;

/// A map of `fields` entries, the first four of them; `id` has kOwnIdSize bytes, `type` fewer than
/// 32.
void begin_own_form(Encoder& to, std::size_t fields, std::string_view id, std::string_view type,
                    double timestamp);
/// A call up to its arguments. False: not in this form (names too long, a trace, a stream), nothing
/// is written.
bool begin_own_call(Encoder& to, const CallHead& head, double timestamp);
/// A response up to its result; `id` has kOwnIdSize bytes.
void begin_own_response(Encoder& to, std::string_view id, double timestamp);

}  // namespace multifrost::protocol
