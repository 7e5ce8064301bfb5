// Reading and removing the parent's variables.
#include "process/child_environment.h"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace multifrost::process {
namespace {

Failure refuse(std::string_view name, std::string_view value, std::string_view expected) {
  return Failure(ErrorCode::connection, Execution::not_executed,
                 std::string(name) + "=\"" + std::string(value) + "\" is not " +
                     std::string(expected) + "; a parent sets it for the worker that it starts");
}

// Spec 5.1: a port outside 1024-65535 ends the child.
std::optional<std::uint16_t> parse_port(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < 1024 || value > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

std::optional<UnixEndpoint> parse_endpoint(std::string_view text) {
  // The token holds no space, a path may.
  const std::size_t space = text.rfind(' ');
  if (space == std::string_view::npos || space == 0 || space + 1 == text.size()) {
    return std::nullopt;
  }
  return UnixEndpoint{std::string(text.substr(0, space)), std::string(text.substr(space + 1))};
}

struct Variable {
  std::string name;
  std::string value;
};

// Removes every variable of a parent and returns them.
std::vector<Variable> take_variables() {
  std::vector<Variable> taken;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view line = *entry;
    if (!line.starts_with("COMLINK_") && !line.starts_with("MULTIFROST_")) continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    taken.push_back({std::string(line.substr(0, equals)), std::string(line.substr(equals + 1))});
  }
  for (const Variable& variable : taken) ::unsetenv(variable.name.c_str());
  return taken;
}

}  // namespace

Result<ChildEnvironment> ChildEnvironment::take() {
  ChildEnvironment found;
  for (const auto& [name, value] : take_variables()) {
    if (name == "COMLINK_ZMQ_PORT") {
      found.port = parse_port(value);
      if (!found.port) return refuse(name, value, "a port from 1024 to 65535");
    } else if (name == "MULTIFROST_ENDPOINT") {
      found.endpoint = parse_endpoint(value);
      if (!found.endpoint) return refuse(name, value, "\"<socket path> <token>\"");
    } else if (name == "MULTIFROST_STDIO") {
      found.stdio_is_pipe = value == "pipe";
    }
  }
  return found;
}

}  // namespace multifrost::process
