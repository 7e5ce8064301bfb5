// Base64 with padding (RFC 4648, section 4), for bytes in JSON text.
#pragma once

#include <string>
#include <string_view>

#include "multifrost/bytes.h"

namespace multifrost::wire {

std::string base64(BytesView data);
/// False when `text` is no base64.
bool from_base64(std::string_view text, std::string& into);

}  // namespace multifrost::wire
