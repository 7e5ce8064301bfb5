// What all commands share in reading their command line and in printing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/command.h"
#include "mfidl/diagnostics.h"
#include "mfidl/source.h"

namespace mfgen {

// "mfgen generate: …" and where help is; returns kWrongUsage. `command` is empty for mfgen itself.
ExitStatus wrong_usage(std::string_view command, std::string_view message);

// Prints to standard output; kFailed when that does not take it.
ExitStatus print_out(std::string_view text);

// Prints a failure to standard error; returns kFailed.
ExitStatus report(std::string_view failure);

// How diagnostics are printed: --format.
enum class Format { kText, kJson };
std::optional<Format> parse_format(std::string_view name);

// Prints all diagnostics to standard error, warnings included.
void report(const mfidl::Diagnostics& diagnostics, const mfidl::SourceManager& sources,
            Format format);

}  // namespace mfgen
