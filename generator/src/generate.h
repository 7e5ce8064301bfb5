// From checked models to files on disk: views, templates, and writing what changed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "language.h"
#include "mfidl/diagnostics.h"
#include "mfidl/model.h"
#include "mfidl/source.h"
#include "outcome.h"

namespace mfgen {

struct GenerateOptions {
  std::string out_dir;
  std::string depfile;       // empty: none
  std::string template_dir;  // empty: none
  ViewOptions view;
};

// Generates the main file of each model in each language. `sources` holds all files that were read
// for them. Nothing is written when a view reports an error to `diagnostics`, or when it fails.
std::optional<Failure> generate(std::span<const mfidl::Model> models,
                                std::span<const Language* const> languages,
                                const GenerateOptions& options, const mfidl::SourceManager& sources,
                                mfidl::Diagnostics& diagnostics);

}  // namespace mfgen
