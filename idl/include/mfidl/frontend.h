// The whole front end in one call: text in, checked model out.
//
//   SourceManager sources;
//   Diagnostics diagnostics;
//   std::optional<Model> model = load("vision.mfidl", {"idl"}, sources, diagnostics);
//   std::cerr << render_text(diagnostics, sources);          // warnings too
//   if (!model) return 1;
//
// The phases run in this order, each in a file of its own under src/: parse, resolve, check_types,
// check_defaults, check_annotations, check_unions, check_names, check_recursion, resolve_extends,
// check_portability. A phase that needs whole types does not start when an earlier one has found an
// error, so that no error is the echo of another.
//
// Threads: one SourceManager and Diagnostics per run. Blocking: reads files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mfidl/diagnostics.h"
#include "mfidl/model.h"
#include "mfidl/source.h"

namespace mfidl {

// Loads `path` and all that it imports. An import is looked for beside the importing file, then in
// each of `include_dirs` (-I). Empty when an error was reported; warnings leave a model.
//
// Every file that was read is in `sources.files()`, also after an error: a depfile lists those.
// A file's root_path is its path under the first of `include_dirs` that holds it, else under the
// folder of `path`; an imported file below none of them is an error.
std::optional<Model> load(const std::string& path, const std::vector<std::string>& include_dirs,
                          SourceManager& sources, Diagnostics& diagnostics);

}  // namespace mfidl
