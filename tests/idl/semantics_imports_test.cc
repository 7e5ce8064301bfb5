// Where imports are looked for, and where a file lies under its root (idl.md, rule 12).
#include <gtest/gtest.h>

#include <string>

#include "front_end.h"

namespace mfidl::test {
namespace {

const std::string kGeo = "package geo; struct Rect { x: f64; }\n";
const std::string kMain = "package demo; import \"common/geo.mfidl\"; struct S { r: geo.Rect; }\n";

TEST(Imports, TheImportingFilesFolderComesFirst) {
  FrontEnd front_end;
  front_end.sources.add("/idl/app/main.mfidl", kMain);
  front_end.sources.add("/idl/app/common/geo.mfidl", kGeo);
  front_end.sources.add("/idl/common/geo.mfidl", "package geo; struct Other {}\n");
  front_end.run("/idl/app/main.mfidl", {"/idl"});
  ASSERT_TRUE(front_end.model.has_value()) << front_end.text();
  EXPECT_EQ(front_end.model->files[0]->path, "/idl/app/common/geo.mfidl");
  EXPECT_EQ(front_end.model->files[0]->root_path, "app/common/geo.mfidl");
  EXPECT_EQ(front_end.model->main().root_path, "app/main.mfidl");
}

TEST(Imports, ThenEachIncludeFolderInOrder) {
  FrontEnd front_end;
  front_end.sources.add("/app/main.mfidl", kMain);
  front_end.sources.add("/second/common/geo.mfidl", kGeo);
  front_end.sources.add("/third/common/geo.mfidl", "package geo; struct Other {}\n");
  front_end.run("/app/main.mfidl", {"/first", "/second", "/third"});
  ASSERT_TRUE(front_end.model.has_value()) << front_end.text();
  EXPECT_EQ(front_end.model->files[0]->root_path, "common/geo.mfidl");
  EXPECT_EQ(front_end.model->main().root_path, "main.mfidl");
}

TEST(Imports, AreNotTransitive) {
  FrontEnd front_end;
  front_end.sources.add("/app/main.mfidl",
                        "package demo; import \"mid.mfidl\"; struct S { r: geo.Rect; }\n");
  front_end.sources.add("/app/mid.mfidl",
                        "package mid; import \"geo.mfidl\"; struct M { r: geo.Rect; }\n");
  front_end.sources.add("/app/geo.mfidl", kGeo);
  front_end.run("/app/main.mfidl");
  EXPECT_EQ(front_end.first_error(), 142) << front_end.text();
}

TEST(Imports, OneFileReachedTwiceIsOneFile) {
  FrontEnd front_end;
  front_end.sources.add("/app/main.mfidl",
                        "package demo; import \"a.mfidl\"; import \"sub/../geo.mfidl\";\n"
                        "interface I { f(a: a.A) -> geo.Rect; }\n");
  front_end.sources.add("/app/a.mfidl", "package a; import \"geo.mfidl\"; type A = geo.Rect;\n");
  front_end.sources.add("/app/geo.mfidl", kGeo);
  front_end.run("/app/main.mfidl");
  ASSERT_TRUE(front_end.model.has_value()) << front_end.text();
  EXPECT_EQ(front_end.model->files.size(), 3U);
  const Method& method = front_end.model->interfaces[0]->methods[0];
  EXPECT_EQ(method.parameters[0].type.structure, method.result->structure);
  EXPECT_EQ(method.parameters[0].type.alias->full_name, "a.A");
}

TEST(Imports, AFileOutsideEveryRootNeedsAnIncludeFolder) {
  for (const bool with_folder : {false, true}) {
    FrontEnd front_end;
    front_end.sources.add("/idl/app/main.mfidl", "package demo; import \"../common/geo.mfidl\";\n");
    front_end.sources.add("/idl/common/geo.mfidl", kGeo);
    front_end.run("/idl/app/main.mfidl",
                  with_folder ? std::vector<std::string>{"/idl"} : std::vector<std::string>{});
    EXPECT_EQ(front_end.first_error(), with_folder ? 0 : 104) << front_end.text();
  }
}

}  // namespace
}  // namespace mfidl::test
