// UTF-8, as far as a source file needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mfidl {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The length of the well-formed sequence that `text` starts with, 0 when it starts with none
// (overlong forms, surrogates and anything above U+10FFFF are not well formed) or is empty.
std::size_t sequence_length(std::string_view text);

// The offset of the first byte that is not part of a well-formed sequence; npos when all is well.
std::size_t find_invalid_utf8(std::string_view text);

// A byte that belongs to no well-formed sequence counts as one.
std::size_t count_code_points(std::string_view text);

// The code point of a well-formed sequence.
uint32_t decode_code_point(std::string_view sequence);

// False for surrogates and for anything above U+10FFFF.
bool is_scalar_value(uint32_t code_point);
void append_utf8(std::string& out, uint32_t code_point);

// "U+00A0"
std::string code_point_name(uint32_t code_point);

}  // namespace mfidl
