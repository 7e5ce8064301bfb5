// The times in registry entries, in the forms of all implementations (wire page, "Registry").
//
// Pure, but for the local time zone; any thread.
#pragma once

#include <ctime>
#include <optional>
#include <string>

namespace multifrost::registry {

/// Seconds since the epoch of "2026-02-11T12:00:00", with or without a fraction, "Z" or "+01:00"
/// (without a zone: local time), or of seconds as a number. Empty: none of these.
std::optional<double> parse_time(const std::string& text);

/// `started`: "2026-02-11T12:00:00.250000", local, as Python writes it (spec 3.4).
std::string local_time(const std::timespec& moment);
/// `start_time`: "2026-02-11T11:00:00Z", RFC 3339, as Go writes it.
std::string utc_time(const std::timespec& moment);

}  // namespace multifrost::registry
