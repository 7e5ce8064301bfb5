// Helpers of the wire tests.
#pragma once

#include <cstdint>
#include <msgpack.hpp>
#include <sstream>
#include <string>
#include <string_view>

#include "multifrost/decoder.h"

namespace multifrost {

/// What msgpack-cxx, the oracle, writes for `value` (it writes integral doubles as integers).
template <class T>
std::string packed(const T& value) {
  std::stringstream out;
  msgpack::pack(out, value);
  return out.str();
}

inline std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16)));
  }
  return bytes;
}

/// Why `read` refuses the message; "" when it does not.
template <class Read>
std::string refusal(std::string_view message, Read read) {
  Decoder from{BytesView(message)};
  if (read(from)) return "";
  return from.path() + (from.path().empty() ? "" : ": ") + from.reason();
}

}  // namespace multifrost
