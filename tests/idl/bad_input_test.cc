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
#include <vector>

#include "front_end.h"

namespace mfidl::test {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string name;   // without ".mfidl"
  std::string input;  // relative to the folder of all cases
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const fs::directory_entry& entry : fs::directory_iterator(source_path("tests/idl/bad"))) {
    const fs::path& path = entry.path();
    if (entry.is_directory()) {
      cases.push_back({path.filename().string(), (path.filename() / "main.mfidl").string()});
    } else if (path.extension() == ".mfidl") {
      cases.push_back({path.stem().string(), path.filename().string()});
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
