// Filters our own environment and adds what the request asks for.
#include "process/spawn_environment.h"

#include <unistd.h>

namespace multifrost::process {
namespace {

bool is_a_parents_message(std::string_view name) {
  return name.starts_with("COMLINK_") || name.starts_with("MULTIFROST_");
}

}  // namespace

std::vector<std::string> spawn_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view line = *entry;
    const std::string name(line.substr(0, line.find('=')));
    if (!is_a_parents_message(name) && !added.contains(name)) result.emplace_back(line);
  }
  for (const auto& [name, value] : added) result.push_back(name + "=" + value);
  return result;
}

std::string_view lookup(const std::vector<std::string>& environment,
                        std::string_view name) noexcept {
  for (const std::string_view line : environment) {
    if (line.starts_with(name) && line.substr(name.size()).starts_with('=')) {
      return line.substr(name.size() + 1);
    }
  }
  return {};
}

}  // namespace multifrost::process
