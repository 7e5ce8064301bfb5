#include <charconv>
#include <map>
#include <set>

#include "commands/command.h"
#include "commands/options.h"
#include "generate.h"
#include "mfidl/frontend.h"

namespace mfgen {

namespace {

// "cpp,python"; reports and returns nothing when there is no such language.
std::optional<std::vector<const Language*>> parse_languages(const std::vector<std::string>& names,
                                                            std::string_view command) {
  std::vector<const Language*> found;
  for (const std::string& name : names) {
    const Language* language = find_language(name);
    if (language == nullptr) {
      wrong_usage(command, unknown_language(name));
      return std::nullopt;
    }
    found.push_back(language);
  }
  return found;
}

std::optional<int> parse_split(const std::string& text) {
  constexpr int kMost = 1000;
  int number = 0;
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  const bool good = result.ec == std::errc() && result.ptr == end && number >= 1 && number <= kMost;
  return good ? std::optional(number) : std::nullopt;
}

cxxopts::Options declare_options() {
  cxxopts::Options options("mfgen generate",
                           "Writes typed source files: NAME.mf.h, NAME.mf.cc, … for NAME.mfidl, at "
                           "its path under its -I root.\nA file is only written when its bytes "
                           "change.\n");
  options.positional_help("FILE…");
  add_input_options(options);
  options.add_options()("lang", "what to generate: cpp, python",
                        cxxopts::value<std::vector<std::string>>(), "LANG[,LANG]…");
  options.add_options()("out", "the folder to write to", cxxopts::value<std::string>(), "DIR");
  options.add_options()("depfile", "write what the output was made from, for Make and Ninja",
                        cxxopts::value<std::string>(), "FILE");
  options.add_options()("split", "spread each C++ file's methods over N further sources",
                        cxxopts::value<std::string>(), "N");
  options.add_options()("template-dir", "templates that replace the built-in ones",
                        cxxopts::value<std::string>(), "DIR");
  return options;
}

}  // namespace

ExitStatus run_generate(int argc, const char* const* argv) {
  cxxopts::Options options = declare_options();
  const Parsed parsed = parse(options, argc, argv);
  if (!parsed.options) {
    return parsed.status;
  }
  const cxxopts::ParseResult& given = *parsed.options;
  const auto input = read_input(given, argv[0]);
  if (!input) {
    return kWrongUsage;
  }
  if (given.count("lang") == 0) {
    return wrong_usage(argv[0], "--lang is missing");
  }
  if (given.count("out") == 0) {
    return wrong_usage(argv[0], "--out is missing");
  }
  const auto languages = parse_languages(given["lang"].as<std::vector<std::string>>(), argv[0]);
  if (!languages) {
    return kWrongUsage;
  }
  GenerateOptions settings;
  settings.out_dir = given["out"].as<std::string>();
  if (given.count("depfile") != 0) {
    settings.depfile = given["depfile"].as<std::string>();
  }
  if (given.count("template-dir") != 0) {
    settings.template_dir = given["template-dir"].as<std::string>();
  }
  if (given.count("split") != 0) {
    const std::string& text = given["split"].as<std::string>();
    const auto split = parse_split(text);
    if (!split) {
      return wrong_usage(argv[0], "--split takes a number from 1 to 1000, not '" + text + '\'');
    }
    settings.view.split = *split;
  }

  mfidl::SourceManager sources;
  mfidl::Diagnostics diagnostics;
  std::vector<mfidl::Model> models;
  for (const std::string& file : input->files) {
    if (auto model = mfidl::load(file, input->include_dirs, sources, diagnostics)) {
      models.push_back(std::move(*model));
    }
  }
  std::optional<Failure> failure;
  if (models.size() == input->files.size()) {
    failure = generate(models, *languages, settings, sources, diagnostics);
  }
  report(diagnostics, sources, input->format);
  if (failure) {
    return report(failure->text);
  }
  return diagnostics.has_errors() || models.size() != input->files.size() ? kFailed : kFine;
}

}  // namespace mfgen
