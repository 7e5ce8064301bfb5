#include "harness/settings.h"

#include <cstdlib>
#include <string_view>

#include "harness/fail.h"

namespace bench {

bool Settings::wants(std::string_view phase) const {
  const std::string all = "," + phases + ",";
  return all.find("," + std::string(phase) + ",") != std::string::npos;
}

Settings parse_settings(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--server") {
      settings.server = value;
    } else if (name == "--interpreter") {
      settings.interpreter = value;
    } else if (name == "--transport") {
      settings.transport = value;
    } else if (name == "--variant") {
      settings.variant = value;
    } else if (name == "--pin") {
      settings.pin = value;
    } else if (name == "--phases") {
      settings.phases = value;
    } else if (name == "--secs") {
      settings.time = std::chrono::duration<double>(std::atof(value.c_str()));
    } else {
      fail("unknown option " + std::string(name));
    }
  }
  require(!settings.server.empty(), "--server is missing");
  return settings;
}

}  // namespace bench
