// docs/diagnostics holds one page for each number of the table, and an index. A page's examples are
// run: each "mfidl bad" block must produce the page's number, each "mfidl good" block nothing at
// all.
//
//   ```mfidl bad              an example; also "mfidl good"
//   ```mfidl file=geo.mfidl   a file that the page's examples import
//   ```mfidl bad bytes        \xNN stands for a byte that a page cannot hold
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "diagnostic_table.h"
#include "front_end.h"

namespace mfidl::test {
namespace {

namespace fs = std::filesystem;

struct Block {
  std::string info;  // what stands behind the fence
  std::string text;
};

std::vector<Block> fenced_blocks(const std::string& page) {
  std::vector<Block> blocks;
  std::istringstream lines(page);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.push_back({line.substr(3), ""});
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

std::string decode_bytes(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "\\x") == 0 && i + 3 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool has_word(const std::string& info, const std::string& word) {
  std::istringstream words(info);
  for (std::string each; words >> each;) {
    if (each == word) return true;
  }
  return false;
}

std::string page_path(int number) {
  return source_path("docs/diagnostics/" + diagnostic_code(number) + ".md");
}

void run_block(const Block& block, const std::vector<Block>& blocks, FrontEnd& front_end) {
  for (const Block& other : blocks) {
    const std::size_t file = other.info.find("file=");
    if (file != std::string::npos) front_end.sources.add(other.info.substr(file + 5), other.text);
  }
  front_end.sources.add("main.mfidl",
                        has_word(block.info, "bytes") ? decode_bytes(block.text) : block.text);
  front_end.run("main.mfidl");
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

TEST(DiagnosticPages, ExamplesDoWhatTheySay) {
  for (const DiagnosticInfo& info : all_diagnostics()) {
    // No text shows that a file cannot be read.
    if (info.retired || info.number == diag::kCannotReadFile.info.number) continue;
    SCOPED_TRACE(page_path(info.number));
    int bad = 0;
    int good = 0;
    const std::vector<Block> blocks = fenced_blocks(read_file(page_path(info.number)));
    for (const Block& block : blocks) {
      if (!has_word(block.info, "mfidl")) continue;
      FrontEnd front_end;
      if (has_word(block.info, "bad")) {
        ++bad;
        run_block(block, blocks, front_end);
        EXPECT_TRUE(front_end.reports(info.number)) << block.text << front_end.text();
      } else if (has_word(block.info, "good")) {
        ++good;
        run_block(block, blocks, front_end);
        EXPECT_EQ(front_end.text(), "") << block.text;
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
