// Fuzz target: any bytes as an .mfidl file. The front end must end, without a crash, and whatever
// it says must render in both forms.
#include <cstddef>
#include <cstdint>
#include <string>

#include "mfidl/frontend.h"
#include "mfidl/model_json.h"
#include "mfidl/render.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  mfidl::SourceManager sources;
  mfidl::Diagnostics diagnostics;
  sources.add("fuzz.mfidl", std::string(reinterpret_cast<const char*>(data), size));
  // What the samples and cases import; nothing below the folder of the run is.
  sources.add("common/geo.mfidl", "package geo; struct Rect { x: f64; y: f64; w: f64; h: f64; }");
  sources.add("geo.mfidl", "package geo; struct Rect { w: f64; h: f64; }");
  const auto model = mfidl::load("fuzz.mfidl", {}, sources, diagnostics);
  if (model) mfidl::model_to_json(*model);
  render_text(diagnostics, sources);
  render_json(diagnostics, sources);
  return 0;
}
