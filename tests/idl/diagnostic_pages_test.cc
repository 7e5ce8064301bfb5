// docs/diagnostics holds one page for each number of the table, and an index. A page's examples are
// run (markdown.h): each bad one must produce the page's number, each good one nothing at all.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "diagnostic_table.h"
#include "front_end.h"
#include "markdown.h"

namespace mfidl::test {
namespace {

namespace fs = std::filesystem;

std::string page_path(int number) {
  return source_path("docs/diagnostics/" + diagnostic_code(number) + ".md");
}

TEST(DiagnosticPages, EveryLiveNumberHasAPageWithItsTitle) {
  for (const DiagnosticInfo& info : all_diagnostics()) {
    if (info.retired) continue;
    const std::string title = "# " + diagnostic_code(info.number) + ": " + std::string(info.title);
    EXPECT_TRUE(read_file(page_path(info.number)).starts_with(title + "\n\n"))
        << page_path(info.number) << " must begin with\n"
        << title;
  }
}

// No text shows a file that cannot be read, and a chain of 64 and more things is no example.
bool needs_examples(int number) {
  return number != diag::kCannotReadFile.info.number &&
         number != diag::kImportsTooDeep.info.number && number != diag::kTooManyBases.info.number &&
         number != diag::kConstantChain.info.number;
}

TEST(DiagnosticPages, ExamplesDoWhatTheySay) {
  for (const DiagnosticInfo& info : all_diagnostics()) {
    if (info.retired || !needs_examples(info.number)) continue;
    SCOPED_TRACE(page_path(info.number));
    int bad = 0;
    int good = 0;
    const std::vector<Example> examples = examples_of(read_file(page_path(info.number)));
    for (const Example& example : examples) {
      FrontEnd front_end;
      if (example.is("bad")) {
        ++bad;
        run_example(example, examples, front_end);
        EXPECT_TRUE(front_end.reports(info.number)) << example.text << front_end.text();
      } else if (example.is("good")) {
        ++good;
        run_example(example, examples, front_end);
        EXPECT_EQ(front_end.text(), "") << example.text;
      }
    }
    EXPECT_GT(bad, 0) << "no ```mfidl bad block";
    EXPECT_GT(good, 0) << "no ```mfidl good block";
  }
}

TEST(DiagnosticPages, NoPageIsLeftOver) {
  std::set<std::string> known = {"README.md"};
  for (const DiagnosticInfo& info : all_diagnostics()) {
    known.insert(diagnostic_code(info.number) + ".md");
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(source_path("docs/diagnostics"))) {
    EXPECT_TRUE(known.contains(entry.path().filename().string())) << entry.path();
  }
}

TEST(DiagnosticPages, IndexListsTheTable) {
  std::string index =
      "# Diagnostics\n\n"
      "Every message of `mfgen` about an `.mfidl` file has a number, and every number a page. "
      "`mfgen explain\nMF0142` prints one. A warning lets `mfgen generate` succeed and `mfgen "
      "lint` "
      "fail.\n\n"
      "| number | | meaning |\n|---|---|---|\n";
  for (const DiagnosticInfo& info : all_diagnostics()) {
    const std::string code = diagnostic_code(info.number);
    const std::string_view kind = info.retired                          ? "retired"
                                  : info.severity == Severity::kWarning ? "warning"
                                                                        : "error";
    index += info.retired ? "| " + code : "| [" + code + "](" + code + ".md)";
    index += " | " + std::string(kind) + " | " + std::string(info.title) + " |\n";
  }
  expect_golden(source_path("docs/diagnostics/README.md"), index);
}

}  // namespace
}  // namespace mfidl::test
