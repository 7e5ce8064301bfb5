#include "commands/arguments.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "mfidl/render.h"

namespace mfgen {

ExitStatus wrong_usage(std::string_view command, std::string_view message) {
  const std::string name = command.empty() ? "mfgen" : "mfgen " + std::string(command);
  std::fprintf(stderr, "%s: error: %s\n%s --help tells what it understands\n", name.c_str(),
               std::string(message).c_str(), name.c_str());
  return kWrongUsage;
}

ExitStatus print_out(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    return report(std::string("standard output: error: cannot write: ") + std::strerror(errno));
  }
  return kFine;
}

ExitStatus report(std::string_view failure) {
  std::fprintf(stderr, "%s\n", std::string(failure).c_str());
  return kFailed;
}

std::optional<Format> parse_format(std::string_view name) {
  if (name == "text") {
    return Format::kText;
  }
  return name == "json" ? std::optional(Format::kJson) : std::nullopt;
}

void report(const mfidl::Diagnostics& diagnostics, const mfidl::SourceManager& sources,
            Format format) {
  const std::string text = format == Format::kJson ? mfidl::render_json(diagnostics, sources)
                                                   : mfidl::render_text(diagnostics, sources);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace mfgen
