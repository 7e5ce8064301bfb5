// Running the front end inside a test, and comparing what it says with a file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mfidl/diagnostics.h"
#include "mfidl/model.h"
#include "mfidl/source.h"

namespace mfidl::test {

// Everything that `mfgen` does with one file before it generates.
struct FrontEnd {
  SourceManager sources;
  Diagnostics diagnostics;

  std::optional<Model> model;  // what run() made of it; empty after an error

  void run(const std::string& path, const std::vector<std::string>& include_dirs = {});
  std::string text() const;
  // The number of the first error, 0 without one.
  int first_error() const;
  bool reports(int number) const;
};

// A file of the repository.
std::string source_path(const std::string& relative);
std::string read_file(const std::string& path);

// Compares `actual` with the file; with BLESS=1 in the environment it writes the file instead.
void expect_golden(const std::string& path, const std::string& actual);

}  // namespace mfidl::test
