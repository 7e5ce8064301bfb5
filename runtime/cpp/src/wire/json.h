// Messages as JSON text, for debugging and for protocols that speak JSON: made from msgpack and
// back.
//
// What JSON cannot say is written as a map with one key: bytes {"$bytes": base64}, extensions
// {"$extension": [type, base64]}, floats that are not finite {"$float": "NaN" | "Infinity" |
// "-Infinity"}. A map key that begins with "$" gets one more "$" in front. Both ways keep every
// value.
#pragma once

#include <string>
#include <string_view>

#include "multifrost/buffer.h"

namespace multifrost::wire {

/// False, with the reason: not msgpack, or a string that is not UTF-8.
bool json_from_msgpack(BytesView message, Buffer& into, std::string& reason);
/// False, with the reason: not JSON, or nested too deeply.
bool json_to_msgpack(std::string_view text, Buffer& into, std::string& reason);

}  // namespace multifrost::wire
