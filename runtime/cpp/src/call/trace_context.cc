#include "multifrost/trace_context.h"

#include <algorithm>
#include <array>

namespace multifrost {
namespace {

constexpr std::size_t kMembers = 32;
constexpr std::size_t kLongest = 256;  ///< of a key, and of a value

bool is_lower_hex(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_hex(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), is_lower_hex);
}

bool is_id(std::string_view text) noexcept {
  return is_hex(text) && text.find_first_not_of('0') != text.npos;
}

bool is_key(std::string_view key) noexcept {
  if (key.empty() || key.size() > kLongest) return false;
  const auto letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  if (!letter_or_digit(key.front())) return false;
  return std::all_of(key.begin(), key.end(), [&](char c) {
    return letter_or_digit(c) || std::string_view("_-*/@").find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view value) noexcept {
  if (value.empty() || value.size() > kLongest || value.back() == ' ') return false;
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

bool is_traceparent(std::string_view text) noexcept {
  constexpr std::size_t kLength = 55;
  if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const std::string_view version = text.substr(0, 2);
  if (!is_hex(version) || version == "ff") return false;
  if (text.size() > kLength && (version == "00" || text[kLength] != '-')) return false;
  return is_id(text.substr(3, 32)) && is_id(text.substr(36, 16)) && is_hex(text.substr(53, 2));
}

std::string_view trace_id(std::string_view traceparent) noexcept {
  return is_traceparent(traceparent) ? traceparent.substr(3, 32) : std::string_view();
}

bool is_tracestate(std::string_view text) noexcept {
  std::array<std::string_view, kMembers> keys;
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view member = trimmed(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (member.empty()) continue;  // allowed, and means nothing
    const std::size_t equals = member.find('=');
    if (equals == member.npos || count == kMembers) return false;
    const std::string_view key = member.substr(0, equals);
    if (!is_key(key) || !is_value(member.substr(equals + 1))) return false;
    if (std::find(keys.begin(), keys.begin() + count, key) != keys.begin() + count) return false;
    keys[count++] = key;
  }
  return count > 0;
}

CallOptions traced(const CallContext& call, CallOptions options) {
  options.traceparent = call.traceparent();
  options.tracestate = call.tracestate();
  return options;
}

void CallContext::set_trace(std::string_view traceparent, std::string_view tracestate) noexcept {
  if (!is_traceparent(traceparent)) return;
  traceparent_ = traceparent;
  if (is_tracestate(tracestate)) tracestate_ = tracestate;
}

}  // namespace multifrost
