// Fuzz target: any bytes as an .mfidl file. The front end must end, without a crash, and whatever
// it says must render in both forms.
#include <cstddef>
#include <cstdint>
#include <string>

#include "mfidl/parse.h"
#include "mfidl/render.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  mfidl::SourceManager sources;
  mfidl::Diagnostics diagnostics;
  const mfidl::SourceFile& source =
      sources.add("fuzz.mfidl", std::string(reinterpret_cast<const char*>(data), size));
  mfidl::parse_file(source, diagnostics);
  render_text(diagnostics, sources);
  render_json(diagnostics, sources);
  return 0;
}
