#include "commands/command.h"
#include "commands/options.h"
#include "language.h"
#include "mfidl/frontend.h"
#include "mfidl/model_json.h"
#include "value.h"

namespace mfgen {

ExitStatus run_dump(int argc, const char* const* argv) {
  cxxopts::Options options("mfgen dump",
                           "Prints the checked model of a .mfidl file as JSON, or what the "
                           "templates of a language see.\n");
  options.positional_help("FILE");
  add_input_options(options);
  options.add_options()("view", "print what this language's templates see",
                        cxxopts::value<std::string>(), "LANG");
  const Parsed parsed = parse(options, argc, argv);
  if (!parsed.options) {
    return parsed.status;
  }
  const auto input = read_input(*parsed.options, argv[0]);
  if (!input) {
    return kWrongUsage;
  }
  if (input->files.size() != 1) {
    return wrong_usage(argv[0], "it takes one FILE");
  }
  const Language* language = nullptr;
  if (parsed.options->count("view") != 0) {
    const std::string& name = (*parsed.options)["view"].as<std::string>();
    language = find_language(name);
    if (language == nullptr) {
      return wrong_usage(argv[0], unknown_language(name));
    }
  }
  mfidl::SourceManager sources;
  mfidl::Diagnostics diagnostics;
  const auto model = mfidl::load(input->files.front(), input->include_dirs, sources, diagnostics);
  std::string text;
  if (model && language == nullptr) {
    text = mfidl::model_to_json(*model);
  } else if (model) {
    text = to_json(Value(language->view(*model, {}, diagnostics)));
  }
  report(diagnostics, sources, input->format);
  return diagnostics.has_errors() || !model ? kFailed : print_out(text);
}

}  // namespace mfgen
