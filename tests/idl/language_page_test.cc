// docs/language.md is the language reference. Its examples are run, and its lists are compared with
// what the front end really does, so that the page cannot drift.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "front_end.h"
#include "markdown.h"
#include "mfidl/parse.h"

namespace mfidl::test {
namespace {

std::string page() { return read_file(source_path("docs/language.md")); }

// The page leaves the package out where it has nothing to do with the matter.
std::vector<Example> whole_examples() {
  std::vector<Example> examples = examples_of(page());
  for (Example& example : examples) {
    const bool has_package = example.text.find("package ") != std::string::npos;
    if (!has_package) example.text.insert(0, "package demo;\n");
  }
  return examples;
}

TEST(LanguagePage, ExamplesDoWhatTheySay) {
  const std::vector<Example> examples = whole_examples();
  EXPECT_GT(examples.size(), 50U);
  for (const Example& example : examples) {
    FrontEnd front_end;
    run_example(example, examples, front_end);
    if (!example.is("bad")) {
      EXPECT_FALSE(front_end.diagnostics.has_errors()) << example.text << front_end.text();
    } else {
      EXPECT_TRUE(front_end.reports(example.promised_number()))
          << example.text << "got " << front_end.text();
    }
  }
}

TEST(LanguagePage, LimitsAreTheRealOnes) {
  const std::string text = page();
  const auto states = [&text](const std::string& row) {
    return text.find("\n| " + row + " | ") != std::string::npos;
  };
  EXPECT_TRUE(states("file | " + std::to_string(kMaxFileBytes >> 20) + " MiB"));
  EXPECT_TRUE(states("nesting of types and literals | " + std::to_string(kMaxNesting)));
  EXPECT_TRUE(states("errors in one run | " + std::to_string(kMaxErrors)));
  EXPECT_TRUE(states("warnings in one run | " + std::to_string(kMaxWarnings)));
}

}  // namespace
}  // namespace mfidl::test
