#include "front_end.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "mfidl/frontend.h"
#include "mfidl/render.h"

namespace mfidl::test {

void FrontEnd::run(const std::string& path, const std::vector<std::string>& include_dirs) {
  model = load(path, include_dirs, sources, diagnostics);
}

std::string FrontEnd::text() const { return render_text(diagnostics, sources); }

int FrontEnd::first_error() const {
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.severity == Severity::kError) return diagnostic.number;
  }
  return 0;
}

bool FrontEnd::reports(int number) const {
  const auto& all = diagnostics.all();
  return std::any_of(all.begin(), all.end(),
                     [&](const Diagnostic& diagnostic) { return diagnostic.number == number; });
}

std::string source_path(const std::string& relative) {
  return std::string(MFGEN_SOURCE_DIR) + "/" + relative;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void expect_golden(const std::string& path, const std::string& actual) {
  const char* bless = std::getenv("BLESS");
  if (bless != nullptr && std::string(bless) == "1") {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  EXPECT_EQ(actual, read_file(path)) << path << " differs; BLESS=1 rewrites it";
}

}  // namespace mfidl::test
