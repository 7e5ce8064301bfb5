// The program: a table of commands, one file each.
#pragma once

#include <string_view>

namespace mfgen {

// What the shell gets to see.
enum ExitStatus : int {
  kFine = 0,
  kFailed = 1,      // findings in the input, or files that could not be written
  kWrongUsage = 2,  // the command line makes no sense
};

struct Command {
  std::string_view name;
  std::string_view summary;
  // `argv[0]` is the command's name.
  ExitStatus (*run)(int argc, const char* const* argv);
};

ExitStatus run_generate(int argc, const char* const* argv);
ExitStatus run_lint(int argc, const char* const* argv);
ExitStatus run_dump(int argc, const char* const* argv);
ExitStatus run_explain(int argc, const char* const* argv);

// Runs the command that `argv[1]` names. Reports on standard error; nothing escapes.
ExitStatus run_program(int argc, const char* const* argv);

}  // namespace mfgen
