// Every bad input is a file beside what the front end says about it:
//
//   bad/MF0040_expected.mfidl   bad/MF0040_expected.txt
//   bad/MF0110_cycle/main.mfidl (and the files it imports)   bad/MF0110_cycle.txt
//
// The name begins with the number that the case is about. BLESS=1 rewrites the expected files; read
// them before you commit them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "front_end.h"

namespace mfidl::test {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string name;   // without ".mfidl"
  std::string input;  // relative to the folder of all cases
  // Files that are not in the folder because no one would want to read them.
  std::vector<std::pair<std::string, std::string>> made;
};

// Each file imports the next one.
Case chain_of_imports(int length) {
  Case result{"MF0106_imports_too_deep", "chain0.mfidl", {}};
  for (int i = 0; i < length; ++i) {
    const std::string next = "chain" + std::to_string(i + 1);
    const std::string import = i + 1 < length ? "import \"" + next + ".mfidl\";\n" : "";
    result.made.emplace_back("chain" + std::to_string(i) + ".mfidl",
                             "package chain" + std::to_string(i) + ";\n" + import);
  }
  return result;
}

std::vector<Case> all_cases() {
  std::vector<Case> cases = {chain_of_imports(257)};
  for (const fs::directory_entry& entry : fs::directory_iterator(source_path("tests/idl/bad"))) {
    const fs::path& path = entry.path();
    if (entry.is_directory()) {
      cases.push_back({path.filename().string(), (path.filename() / "main.mfidl").string(), {}});
    } else if (path.extension() == ".mfidl") {
      cases.push_back({path.stem().string(), path.filename().string(), {}});
    }
  }
  std::sort(cases.begin(), cases.end(),
            [](const Case& a, const Case& b) { return a.name < b.name; });
  return cases;
}

// Messages name files as they were opened: from inside the folder they hold no machine's path.
class BadInput : public testing::Test {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    fs::current_path(source_path("tests/idl/bad"));
  }
  void TearDown() override { fs::current_path(before_); }

 private:
  fs::path before_;
};

TEST_F(BadInput, SaysWhatTheGoldenSays) {
  for (const Case& c : all_cases()) {
    SCOPED_TRACE(c.name);
    FrontEnd front_end;
    for (const auto& [path, text] : c.made) front_end.sources.add(path, text);
    front_end.run(c.input);
    EXPECT_FALSE(front_end.diagnostics.all().empty());
    expect_golden(c.name + ".txt", front_end.text());
    if (c.name.starts_with("MF")) {
      EXPECT_TRUE(front_end.reports(std::stoi(c.name.substr(2, 4)))) << "the name promises it";
    }
  }
}

TEST_F(BadInput, EveryGoldenHasItsInput) {
  std::set<std::string> names;
  for (const Case& c : all_cases()) names.insert(c.name);
  for (const fs::directory_entry& entry : fs::directory_iterator(".")) {
    if (entry.path().extension() != ".txt") continue;
    EXPECT_TRUE(names.contains(entry.path().stem().string())) << entry.path();
  }
}

TEST_F(BadInput, EveryLiveNumberHasACase) {
  std::set<int> covered;
  for (const Case& c : all_cases()) {
    if (c.name.starts_with("MF")) covered.insert(std::stoi(c.name.substr(2, 4)));
  }
  for (const DiagnosticInfo& info : all_diagnostics()) {
    if (info.retired) continue;
    EXPECT_TRUE(covered.contains(info.number))
        << "add tests/idl/bad/" << diagnostic_code(info.number) << "_….mfidl";
  }
}

}  // namespace
}  // namespace mfidl::test
