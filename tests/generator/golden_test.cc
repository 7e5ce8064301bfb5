// Whole generated trees, compared byte for byte with tests/golden/<language>/<case>. BLESS=1 in the
// environment writes them instead. tests/generator/CMakeLists.txt compiles the C++ ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "program.h"

namespace mfgen::test {
namespace {

struct Case {
  const char* language;
  const char* name;
  const char* inputs;  // a folder of .mfidl files
  std::vector<std::string> options = {};
};

void PrintTo(const Case& golden, std::ostream* out) {
  *out << golden.language << '/' << golden.name;
}

const Case kCases[] = {
    {"cpp", "vision", "samples/vision"},
    {"cpp", "names", "tests/golden/idl/names"},
    {"cpp", "types", "tests/golden/idl/types"},
    {"cpp", "recursion", "tests/golden/idl/recursion"},
    {"cpp", "streams", "tests/golden/idl/streams"},
    {"cpp", "split", "tests/golden/idl/split", {"--split", "3"}},
    {"python", "vision", "samples/vision"},
    {"python", "names", "tests/golden/idl/names"},
    {"python", "types", "tests/golden/idl/types"},
    {"python", "recursion", "tests/golden/idl/recursion"},
    {"python", "streams", "tests/golden/idl/streams"},
};

std::vector<std::string> arguments_for(const Case& golden, const std::string& out) {
  const std::string root = source_path(golden.inputs);
  std::vector<std::string> arguments = {"generate", "--lang", golden.language, "--out", out,
                                        "-I",       root};
  arguments.insert(arguments.end(), golden.options.begin(), golden.options.end());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".mfidl") {
      arguments.push_back(entry.path().string());
    }
  }
  return arguments;
}

class Golden : public testing::TestWithParam<Case> {};

TEST_P(Golden, IsGeneratedByteForByte) {
  const std::string expected =
      source_path("tests/golden/") + GetParam().language + '/' + GetParam().name;
  const TemporaryFolder out;
  const Outcome outcome = run_mfgen(arguments_for(GetParam(), out.path()));
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto generated = read_tree(out.path());
  if (std::getenv("BLESS") != nullptr) {
    std::filesystem::remove_all(expected);
    std::filesystem::create_directories(expected);
    std::filesystem::copy(out.path(), expected, std::filesystem::copy_options::recursive);
    return;
  }
  const auto golden = read_tree(expected);
  for (const auto& [path, content] : generated) {
    const auto known = golden.find(path);
    ASSERT_NE(known, golden.end()) << path << " is generated, and not among the golden files";
    EXPECT_EQ(content, known->second) << path;
  }
  EXPECT_EQ(generated.size(), golden.size()) << "a golden file is no longer generated";
}

TEST_P(Golden, TheSecondTimeWritesNothing) {
  const TemporaryFolder out;
  const auto arguments = arguments_for(GetParam(), out.path());
  ASSERT_EQ(run_mfgen(arguments).status, 0);
  // A time stamp that no write could leave.
  const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1000);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(out.path())) {
    if (entry.is_regular_file()) {
      std::filesystem::last_write_time(entry.path(), long_ago);
      files.push_back(entry.path());
    }
  }
  ASSERT_EQ(run_mfgen(arguments).status, 0);
  for (const auto& file : files) {
    EXPECT_EQ(std::filesystem::last_write_time(file), long_ago) << file;
  }
  EXPECT_EQ(read_tree(out.path()).size(), files.size());
}

INSTANTIATE_TEST_SUITE_P(Trees, Golden, testing::ValuesIn(kCases), [](const auto& instance) {
  return std::string(instance.param.language) + '_' + instance.param.name;
});

}  // namespace
}  // namespace mfgen::test
