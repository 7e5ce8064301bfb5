// What changes an interface's fingerprint, and what does not.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "front_end.h"

namespace mfidl::test {
namespace {

const std::string kText = R"(package demo;
type Id = string;
const MANY: i32 = 8;
enum Level { low, high = "top" }
struct Item { id: Id; @max(9) count: i32 = 1; level: Level?; }
struct Other { text: string; }
union Any tag "kind" { item: Item; other: Other; }
struct Tree { children: list<Tree>; item: Item; }
@match("KeyError") error Missing { id: Id; }
interface Store {
  get(id: Id, limit?: i32) -> Item | string throws Missing;
  put(any: Any, tree: Tree, count: i32 = MANY);
}
)";

std::string fingerprint_of(const std::string& text) {
  FrontEnd front_end;
  front_end.sources.add("demo.mfidl", text);
  front_end.run("demo.mfidl");
  EXPECT_TRUE(front_end.model.has_value()) << text << front_end.text();
  return front_end.model ? front_end.model->interfaces.back()->fingerprint : "";
}

std::string changed(const std::string& from, const std::string& to) {
  std::string text = kText;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Fingerprint, IsSixteenHexDigitsAndStable) {
  const std::string fingerprint = fingerprint_of(kText);
  EXPECT_EQ(fingerprint.size(), 16U);
  EXPECT_EQ(fingerprint.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(fingerprint, fingerprint_of(kText));
}

TEST(Fingerprint, ChangesWithTheWire) {
  const std::pair<const char*, const char*> kChanges[] = {
      {"package demo", "package demo2"},
      {"interface Store", "interface Shop"},
      {"get(", "fetch("},
      {"limit?: i32", "limit?: i64"},
      {"limit?: i32", "limit: i32"},
      {"limit?: i32", "limit?: i32?"},
      {"limit?", "most?"},
      {"-> Item | string", "-> Item"},
      {"-> Item | string", "-> stream Item"},
      {" throws Missing", ""},
      {"KeyError", "LookupError"},
      {"MANY: i32 = 8", "MANY: i32 = 9"},
      {"\"top\"", "\"high\""},
      {"low, ", ""},
      {"enum Level", "open enum Level"},
      {"@max(9)", "@max(10)"},
      {"count: i32 = 1", "count: i32"},
      {"level: Level?", "level?: Level"},
      {"id: Id; @max", "@wire(\"i\") id: Id; @max"},
      {"struct Item", "@strict struct Item"},
      {"struct Other", "@keep_unknown struct Other"},
      {"tag \"kind\"", "tag \"sort\""},
      {"other: Other;", "other: Other = \"o\";"},
      {"union Any", "open union Any"},
      {"children: list<Tree>", "children: map<string, Tree>"},
      {"error Missing { id: Id; }", "error Missing;"},
  };
  for (const auto& [from, to] : kChanges) {
    EXPECT_NE(fingerprint_of(changed(from, to)), fingerprint_of(kText)) << from << " -> " << to;
  }
}

TEST(Fingerprint, DoesNotChangeWithTheSource) {
  const std::pair<const char*, const char*> kChanges[] = {
      {"type Id = string;", "/// Doc.\n@since(\"1.0\") type Id = string;"},
      {"id: Id; @max", "id: string; @max"},
      {"= MANY", "= 8"},
      {"{ low, high = \"top\" }", "{ high = \"top\", low }"},
      {"id: Id; @max(9) count: i32 = 1;", "@max(9) count: i32 = 1; @name(go = \"X\") id: Id;"},
      {"Item | string", "string | Item"},
      {"interface Store",
       "@version(\"1.0.0\") @targets(cpp) @worker(service = \"s\") interface Store"},
      {"  put(", "  @timeout(1s) @idempotent @deprecated put("},
  };
  for (const auto& [from, to] : kChanges) {
    EXPECT_EQ(fingerprint_of(changed(from, to)), fingerprint_of(kText)) << from << " -> " << to;
  }
  std::string renamed = kText;
  for (std::size_t at = renamed.find("Other"); at != std::string::npos;
       at = renamed.find("Other")) {
    renamed.replace(at, 5, "Rest");
  }
  EXPECT_EQ(fingerprint_of(renamed), fingerprint_of(kText));
}

TEST(Fingerprint, PositionalForgetsParameterNames) {
  const std::string positional = changed("interface Store", "@positional interface Store");
  EXPECT_NE(fingerprint_of(positional), fingerprint_of(kText));
  std::string renamed = positional;
  renamed.replace(renamed.find("limit?"), 6, "most?");
  EXPECT_EQ(fingerprint_of(renamed), fingerprint_of(positional));
}

TEST(Fingerprint, SeesThroughTypesThatHoldEachOther) {
  const std::string text = R"(package demo;
struct A { b: list<B>; }
struct B { a: A?; size: i32; }
interface I { f(a: A); }
)";
  std::string other = text;
  other.replace(other.find("i32"), 3, "i64");
  EXPECT_NE(fingerprint_of(text), fingerprint_of(other));
}

}  // namespace
}  // namespace mfidl::test
