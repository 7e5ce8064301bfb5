#include "commands/command.h"
#include "commands/options.h"
#include "mfidl/frontend.h"

namespace mfgen {

ExitStatus run_lint(int argc, const char* const* argv) {
  cxxopts::Options options("mfgen lint",
                           "Checks .mfidl files as generate does; a warning is enough to fail.\n");
  options.positional_help("FILE…");
  add_input_options(options);
  const Parsed parsed = parse(options, argc, argv);
  if (!parsed.options) {
    return parsed.status;
  }
  const auto input = read_input(*parsed.options, argv[0]);
  if (!input) {
    return kWrongUsage;
  }
  mfidl::SourceManager sources;
  mfidl::Diagnostics diagnostics;
  for (const std::string& file : input->files) {
    mfidl::load(file, input->include_dirs, sources, diagnostics);
  }
  report(diagnostics, sources, input->format);
  return diagnostics.error_count() + diagnostics.warning_count() == 0 ? kFine : kFailed;
}

}  // namespace mfgen
