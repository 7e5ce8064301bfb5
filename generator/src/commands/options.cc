#include "commands/options.h"

namespace mfgen {

Parsed parse(cxxopts::Options& options, int argc, const char* const* argv) {
  options.set_width(100);
  options.add_options()("h,help", "print this");
  try {
    auto result = options.parse(argc, argv);
    if (result.count("help") != 0) {
      return {std::nullopt, print_out(options.help({""}))};
    }
    return {std::move(result), kFine};
  } catch (const cxxopts::exceptions::exception& error) {
    return {std::nullopt, wrong_usage(argv[0], error.what())};
  }
}

void add_input_options(cxxopts::Options& options) {
  options.add_options()("files", "", cxxopts::value<std::vector<std::string>>());
  options.add_options()("I", "look for imports here, too; FILE's own root",
                        cxxopts::value<std::vector<std::string>>(), "DIR");
  options.add_options()("format", "how findings are printed: text or json",
                        cxxopts::value<std::string>()->default_value("text"), "FORMAT");
  options.parse_positional("files");
}

std::optional<Input> read_input(const cxxopts::ParseResult& parsed, std::string_view command) {
  Input input;
  if (parsed.count("files") == 0) {
    wrong_usage(command, "no FILE is given");
    return std::nullopt;
  }
  input.files = parsed["files"].as<std::vector<std::string>>();
  if (parsed.count("I") != 0) {
    input.include_dirs = parsed["I"].as<std::vector<std::string>>();
  }
  const std::string& format = parsed["format"].as<std::string>();
  const auto known = parse_format(format);
  if (!known) {
    wrong_usage(command, "--format is text or json, not '" + format + '\'');
    return std::nullopt;
  }
  input.format = *known;
  return input;
}

}  // namespace mfgen
