// cxxopts, with what every command's options have in common: --help, and errors as wrong usage.
#pragma once

#define CXXOPTS_NO_REGEX
#include <cxxopts.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/arguments.h"

namespace mfgen {

// What parsing gave: the options, or the status with which the command ends at once.
struct Parsed {
  std::optional<cxxopts::ParseResult> options;
  ExitStatus status = kFine;
};

// Adds --help, parses, and prints help. `usage` is "generate FILE… --lang …".
Parsed parse(cxxopts::Options& options, int argc, const char* const* argv);

// Adds FILE…, -I and --format, which most commands have.
void add_input_options(cxxopts::Options& options);

struct Input {
  std::vector<std::string> files;
  std::vector<std::string> include_dirs;
  Format format = Format::kText;
};

// Empty after reporting what is missing or wrong.
std::optional<Input> read_input(const cxxopts::ParseResult& parsed, std::string_view command);

}  // namespace mfgen
