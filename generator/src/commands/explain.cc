#include <algorithm>
#include <charconv>

#include "commands/command.h"
#include "commands/options.h"
#include "embedded.h"

namespace mfgen {

namespace {

// "MF0142", "mf142" and "142" mean the same; nullopt for anything else.
std::optional<int> parse_code(std::string_view text) {
  if (text.starts_with("MF") || text.starts_with("mf")) {
    text.remove_prefix(2);
  }
  int number = 0;
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  const bool good = result.ec == std::errc() && result.ptr == end && number > 0;
  return good ? std::optional(number) : std::nullopt;
}

// "# MF0142: a type that is not declared", the first line of every page.
std::string_view heading(const EmbeddedFile& page) {
  return page.content.substr(2, page.content.find('\n') - 2);
}

std::string index_of_all() {
  std::vector<std::string_view> headings;
  for (const EmbeddedFile& page : embedded_pages()) {
    headings.push_back(heading(page));
  }
  std::sort(headings.begin(), headings.end());
  std::string text;
  for (const std::string_view line : headings) {
    text += std::string(line) + '\n';
  }
  return text;
}

}  // namespace

ExitStatus run_explain(int argc, const char* const* argv) {
  cxxopts::Options options("mfgen explain",
                           "Explains a numbered diagnostic; without a code it lists them all.\n");
  options.positional_help("[CODE]").show_positional_help();
  options.add_options()("code", "", cxxopts::value<std::vector<std::string>>());
  options.parse_positional("code");
  const Parsed parsed = parse(options, argc, argv);
  if (!parsed.options) {
    return parsed.status;
  }
  if (parsed.options->count("code") == 0) {
    return print_out(index_of_all());
  }
  const auto codes = (*parsed.options)["code"].as<std::vector<std::string>>();
  if (codes.size() != 1) {
    return wrong_usage(argv[0], "it takes one code");
  }
  const auto number = parse_code(codes.front());
  if (!number) {
    return wrong_usage(argv[0], '\'' + codes.front() + "' is not a code such as MF0142");
  }
  const std::string code = mfidl::diagnostic_code(*number);
  for (const EmbeddedFile& page : embedded_pages()) {
    if (heading(page).starts_with(code + ':')) {
      return print_out(page.content);
    }
  }
  return report("mfgen explain: error: there is no diagnostic " + code);
}

}  // namespace mfgen
