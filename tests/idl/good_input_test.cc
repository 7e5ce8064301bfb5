// Good inputs: each loads without a word, and its dump is a golden beside it. BLESS=1 rewrites
// them.
#include <gtest/gtest.h>

#include <string>

#include "front_end.h"
#include "mfidl/model_json.h"

namespace mfidl::test {
namespace {

// `warnings`: the portability findings that belong to the input.
void expect_dump(const std::string& path, const std::string& golden, std::size_t warnings) {
  FrontEnd front_end;
  front_end.run(source_path(path));
  ASSERT_TRUE(front_end.model.has_value()) << front_end.text();
  EXPECT_EQ(front_end.diagnostics.warning_count(), warnings) << front_end.text();
  expect_golden(source_path("tests/idl/good/" + golden), model_to_json(*front_end.model));
}

TEST(GoodInput, Everything) {
  // bytes, ext, three streams, two errors and five methods that published packages cannot carry
  expect_dump("tests/idl/good/everything.mfidl", "everything.json", 7);
}
TEST(GoodInput, Vision) { expect_dump("samples/vision/vision.mfidl", "vision.json", 0); }
TEST(GoodInput, Calc) { expect_dump("samples/calc/calc.mfidl", "calc.json", 0); }
TEST(GoodInput, Notes) { expect_dump("samples/notes/notes.mfidl", "notes.json", 0); }

TEST(GoodInput, TheSameTextGivesTheSameBytes) {
  FrontEnd first;
  FrontEnd second;
  first.run(source_path("tests/idl/good/everything.mfidl"));
  second.run(source_path("tests/idl/good/everything.mfidl"));
  EXPECT_EQ(model_to_json(*first.model), model_to_json(*second.model));
}

}  // namespace
}  // namespace mfidl::test
