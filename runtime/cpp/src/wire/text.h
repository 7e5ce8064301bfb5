// Text for messages and text that travels: quoting, checking and mending UTF-8, numbers.
//
// Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace multifrost::wire {

/// The length of the valid UTF-8 at the beginning of `text`; text.size() when all of it is.
std::size_t valid_utf8(std::string_view text) noexcept;
inline bool is_utf8(std::string_view text) noexcept { return valid_utf8(text) == text.size(); }
/// The text with U+FFFD in place of every byte that is not UTF-8: what an exception says may be
/// anything, but an answer that a peer cannot read would be lost without a word.
std::string mend_utf8(std::string_view text);

/// The text as a JSON string, invalid UTF-8 as \xNN, at most `limit` bytes of it (then `…`
/// follows).
std::string quoted(std::string_view text, std::size_t limit = 60);
void append_json_string(std::string& to, std::string_view utf8);

/// The shortest text that reads back as the same number; always with a point or an exponent. NaN,
/// Infinity.
std::string number_text(double value);

/// Why a float that is not finite is refused.
std::string not_finite(std::string_view type, double value);

/// Canonical decimals: no sign but "-", no leading zero, no "-0". False when `text` is none, or too
/// great.
bool parse_integer(std::string_view text, std::int64_t& into) noexcept;
bool parse_unsigned(std::string_view text, std::uint64_t& into) noexcept;

}  // namespace multifrost::wire
