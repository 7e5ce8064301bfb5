// How names are cased (idl.md, "One wire name").
#include <gtest/gtest.h>

#include "front_end.h"
#include "mfidl/spelling.h"

namespace mfidl::test {
namespace {

TEST(Spelling, CamelCase) {
  EXPECT_EQ(camel_case("set_backend"), "setBackend");
  EXPECT_EQ(camel_case("detect"), "detect");
  EXPECT_EQ(camel_case("Get"), "get");
  EXPECT_EQ(camel_case("getURL"), "getURL");
  EXPECT_EQ(camel_case("URL_for"), "urlFor");
  EXPECT_EQ(camel_case("URL"), "url");
  EXPECT_EQ(camel_case("MAX_BATCH_SIZE"), "maxBatchSize");
  EXPECT_EQ(camel_case("a_1_b"), "a1B");
}

TEST(Spelling, ExportedCase) {
  EXPECT_EQ(exported_case("set_backend"), "SetBackend");
  EXPECT_EQ(exported_case("id"), "Id");
  EXPECT_EQ(exported_case("URL"), "URL");
  EXPECT_EQ(exported_case("MAX_BATCH"), "MaxBatch");
  EXPECT_EQ(exported_case("getURL"), "GetURL");
}

TEST(Spelling, NameWinsOverTheHabit) {
  FrontEnd front_end;
  front_end.sources.add("demo.mfidl", R"(package demo;
struct S { @wire("class-name") class_name: string; @name(js = "klass") other_name: string; }
interface I { @name(js = "useBackend") set_backend(some_name: i32); plain_one(); }
)");
  front_end.run("demo.mfidl");
  ASSERT_TRUE(front_end.model.has_value()) << front_end.text();
  const std::vector<Member>& members = front_end.model->structs[0]->members;
  EXPECT_EQ(spelled(members[0], Language::kTypeScript), "class-name");
  EXPECT_EQ(spelled(members[0], Language::kGo), "ClassName");
  EXPECT_EQ(spelled(members[0], Language::kPython), "class_name");
  EXPECT_EQ(spelled(members[1], Language::kTypeScript), "klass");
  const std::vector<Method>& methods = front_end.model->interfaces[0]->methods;
  EXPECT_EQ(spelled(methods[0], NameRole::kMethod, Language::kTypeScript), "useBackend");
  EXPECT_EQ(spelled(methods[0], NameRole::kMethod, Language::kGo), "SetBackend");
  EXPECT_EQ(spelled(methods[1], NameRole::kMethod, Language::kTypeScript), "plainOne");
  EXPECT_EQ(spelled(methods[0].parameters[0], NameRole::kParameter, Language::kGo), "some_name");
}

}  // namespace
}  // namespace mfidl::test
