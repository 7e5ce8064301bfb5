#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "commands/arguments.h"
#include "commands/command.h"
#include "suggest.h"

namespace mfgen {

namespace {

constexpr Command kCommands[] = {
    {"generate", "write typed source files from .mfidl files", run_generate},
    {"lint", "check .mfidl files; warnings count", run_lint},
    {"dump", "print what a file means, or what its templates see, as JSON", run_dump},
    {"explain", "explain a numbered diagnostic", run_explain},
};

std::string help_text() {
  std::string text =
      "mfgen lets a C++ program call workers written in any language, with types\n"
      "checked at every step, from one .mfidl file.\n"
      "\n"
      "usage: mfgen COMMAND [ARGUMENTS]\n"
      "\n"
      "commands:\n";
  for (const Command& command : kCommands) {
    text += "  " + std::string(command.name);
    text.append(12 - command.name.size(), ' ');
    text += std::string(command.summary) + '\n';
  }
  text +=
      "\n"
      "mfgen COMMAND --help tells more. mfgen --version prints the version.\n"
      "Exit status: 0 fine, 1 findings or a failure, 2 wrong usage.\n";
  return text;
}

ExitStatus unknown_command(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Command& command : kCommands) {
    names.push_back(command.name);
  }
  std::string text = "there is no command '" + std::string(name) + '\'';
  if (const std::string near = mfidl::nearest(name, names); !near.empty()) {
    text += "; did you mean '" + near + "'?";
  }
  return wrong_usage("", text);
}

ExitStatus dispatch(int argc, const char* const* argv) {
  if (argc < 2) {
    std::fputs(help_text().c_str(), stderr);
    return kWrongUsage;
  }
  const std::string_view name = argv[1];
  if (name == "--help" || name == "-h") {
    return print_out(help_text());
  }
  if (name == "--version") {
    return print_out("mfgen " MFGEN_VERSION "\n");
  }
  for (const Command& command : kCommands) {
    if (command.name == name) {
      return command.run(argc - 1, argv + 1);
    }
  }
  return unknown_command(name);
}

}  // namespace

ExitStatus run_program(int argc, const char* const* argv) {
  try {
    return dispatch(argc, argv);
  } catch (const std::exception& error) {  // out of memory, a folder that vanishes while it is read
    std::fprintf(stderr, "mfgen: error: %s\n", error.what());
    return kFailed;
  }
}

}  // namespace mfgen
