#include "registry/timestamp.h"

#include <charconv>
#include <cstdio>
#include <string_view>

namespace multifrost::registry {
namespace {

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Seconds east of Greenwich of "Z", "+01:00", "-0530"; empty: no zone.
std::optional<int> zone_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  char sign = 0;
  int hours = 0;
  int minutes = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%c%2d:%2d", &sign, &hours, &minutes) != 3 &&
      std::sscanf(copy.c_str(), "%c%2d%2d", &sign, &hours, &minutes) != 3) {
    return std::nullopt;
  }
  const int seconds = hours * 3600 + minutes * 60;
  if (sign == '+') return seconds;
  return sign == '-' ? std::optional(-seconds) : std::nullopt;
}

std::string formatted(const char* form, const std::tm& parts) {
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, form, &parts));
}

}  // namespace

std::optional<double> parse_time(const std::string& text) {
  if (const auto seconds = number(text)) return seconds;
  std::tm parts{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  if (*rest == '.') {
    ++rest;
    while (*rest >= '0' && *rest <= '9') ++rest;  // seconds are enough
  }
  if (*rest == '\0') {
    parts.tm_isdst = -1;
    return static_cast<double>(std::mktime(&parts));
  }
  const auto offset = zone_offset(rest);
  if (!offset) return std::nullopt;
  return static_cast<double>(::timegm(&parts) - *offset);
}

std::string local_time(const std::timespec& moment) {
  std::tm parts{};
  ::localtime_r(&moment.tv_sec, &parts);
  char fraction[32];
  std::snprintf(fraction, sizeof fraction, ".%06ld", moment.tv_nsec / 1000);
  return formatted("%Y-%m-%dT%H:%M:%S", parts) + fraction;
}

std::string utc_time(const std::timespec& moment) {
  std::tm parts{};
  ::gmtime_r(&moment.tv_sec, &parts);
  return formatted("%Y-%m-%dT%H:%M:%SZ", parts);
}

}  // namespace multifrost::registry
