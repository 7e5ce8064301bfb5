// What the model says of the rules that a dump does not show at a glance.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "front_end.h"

namespace mfidl::test {
namespace {

class ModelTest : public testing::Test {
 protected:
  const Model& load_text(const std::string& text) {
    front_end_.sources.add("demo.mfidl", "package demo;\n" + text);
    front_end_.run("demo.mfidl");
    EXPECT_TRUE(front_end_.model.has_value()) << text << front_end_.text();
    if (!front_end_.model) throw std::runtime_error("no model");
    return *front_end_.model;
  }

  static std::string names(const std::vector<DeclarationRef>& refs) {
    std::string text;
    for (const DeclarationRef& ref : refs) text += declaration(ref).name + " ";
    return text;
  }

  FrontEnd front_end_;
};

TEST_F(ModelTest, UnionsAreNormalised) {
  const Model& model = load_text(R"(type Key = string? | i53;
struct S { a: Key | bool; b: string | null; c: list<i32>? | Key; })");
  const std::vector<Member>& members = model.structs[0]->members;
  EXPECT_EQ(to_string(members[0].type), "string | i53 | bool | null");
  EXPECT_EQ(members[0].form, MemberForm::kNullable);
  EXPECT_EQ(members[1].type.kind, Kind::kString);
  EXPECT_TRUE(members[1].type.nullable);
  EXPECT_EQ(to_string(members[2].type), "list<i32> | string | i53 | null");
  for (const Type& argument : members[0].type.arguments) EXPECT_FALSE(argument.nullable);
}

TEST_F(ModelTest, AnExtTimestampIsAKindOfItsOwn) {
  load_text("struct S { @encoding(ext) a: timestamp | i64 | string; }");
}

TEST_F(ModelTest, AnAliasKeepsItsNameBesideItsType) {
  const Model& model = load_text("type Id = string; struct S { a: Id?; b: list<Id>; c?: Id; }");
  const std::vector<Member>& members = model.structs[0]->members;
  EXPECT_EQ(members[0].type.alias, model.aliases[0].get());
  EXPECT_TRUE(members[0].type.nullable);
  EXPECT_FALSE(model.aliases[0]->type.nullable);
  EXPECT_EQ(members[1].type.arguments[0].alias, model.aliases[0].get());
  EXPECT_EQ(members[2].form, MemberForm::kOptional);
}

TEST_F(ModelTest, BoxesStandWhereAValueWouldHoldItself) {
  const Model& model = load_text(R"(struct Expr { sum?: Sum; alias: Maybe; }
struct Sum { left: Expr; right: Expr?; both: tuple<Expr?, i32>; all: list<Expr?>; or: Expr | i32 | null; }
type Maybe = Expr?;
struct Outside { expr: Expr?; })");
  const Struct& expr = *model.structs[0];
  const Struct& sum = *model.structs[1];
  const Struct& outside = *model.structs[2];
  EXPECT_TRUE(expr.members[0].boxed);
  EXPECT_TRUE(expr.members[1].boxed);
  EXPECT_EQ(expr.members[1].type.alias, nullptr) << "the alias is not boxed";
  EXPECT_FALSE(sum.members[0].boxed);
  EXPECT_TRUE(sum.members[1].boxed);
  EXPECT_TRUE(sum.members[2].type.arguments[0].boxed);
  EXPECT_FALSE(sum.members[3].type.arguments[0].boxed) << "a list needs no box";
  EXPECT_TRUE(sum.members[4].type.boxed);
  EXPECT_FALSE(sum.members[4].type.arguments[0].boxed) << "boxed as a whole";
  EXPECT_FALSE(outside.members[0].boxed);
}

TEST_F(ModelTest, DefinitionOrderPutsWhatIsNeededFirst) {
  const Model& model = load_text(R"(interface Last { f(a: A); }
struct A { b: B; c: list<C>; m: map<string, A>; }
struct B { a: A?; level: Level; }
struct C { id: Id; a: list<A>; }
type Id = string;
enum Level { low })");
  EXPECT_EQ(names(model.main().definition_order), "Level Id B A C Last ");
  EXPECT_EQ(names(model.main().forward), "A C ");
  EXPECT_EQ(names(model.main().declarations), "Last A B C Id Level ");
}

TEST_F(ModelTest, MethodsArriveOnceOnTwoWays) {
  const Model& model = load_text(R"(interface Base { f(); reserved "old"; }
interface Left extends Base { g(); }
interface Right extends Base { h(); }
interface Both extends Left, Right { i(s: stream i32); reserved "older"; })");
  const Interface& both = *model.interfaces[3];
  std::string names;
  for (const Method& method : both.methods) names += method.name + ":" + method.origin->name + " ";
  EXPECT_EQ(names, "f:Base g:Left h:Right i:Both ");
  EXPECT_EQ(both.reserved, (std::vector<std::string>{"older", "old"}));
  EXPECT_TRUE(both.methods[3].parameters.empty());
  EXPECT_EQ(both.methods[3].stream_parameter->type.kind, Kind::kI32);
}

TEST_F(ModelTest, DefaultsAreValuesOfTheirTypes) {
  const Model& model = load_text(R"(enum Answer { true, false }
const BIG: i64 = -9223372036854775808;
const LOW: Answer = true;
struct S { a: f64 = 1; b: Answer = false; c: i64 = BIG; d: Answer = LOW; e: bool = false; f: duration = -1.5ms; })");
  const std::vector<Member>& members = model.structs[0]->members;
  EXPECT_EQ(std::get<double>(members[0].default_value->value), 1.0);
  EXPECT_EQ(std::get<const EnumValue*>(members[1].default_value->value)->name, "false");
  EXPECT_EQ(to_string(std::get<Integer>(members[2].default_value->value)), "-9223372036854775808");
  EXPECT_EQ(std::get<const EnumValue*>(members[3].default_value->value)->name, "true");
  EXPECT_EQ(std::get<bool>(members[4].default_value->value), false);
  EXPECT_EQ(std::get<std::chrono::nanoseconds>(members[5].default_value->value).count(), -1500000);
}

TEST_F(ModelTest, IntegersCompareAcrossTheirSigns) {
  EXPECT_LT(Integer::of(std::int64_t{-2}), Integer::of(std::int64_t{-1}));
  EXPECT_LT(Integer::of(std::int64_t{-1}), Integer::of(std::int64_t{0}));
  EXPECT_LT(highest(Kind::kI64), highest(Kind::kU64));
  EXPECT_EQ(to_string(lowest(Kind::kI53)), "-9007199254740991");
  EXPECT_EQ(to_string(highest(Kind::kU64)), "18446744073709551615");
}

TEST_F(ModelTest, FindingsFollowTheTargets) {
  const auto warnings = [](const std::string& targets) {
    FrontEnd front_end;
    front_end.sources.add("demo.mfidl",
                          "package demo; struct S { big: u64; far: i64; raw: bytes; }\n" + targets +
                              " interface I { f(s: S) -> i32; }\n");
    front_end.run("demo.mfidl");
    std::string numbers;
    for (const Diagnostic& one : front_end.diagnostics.all()) {
      numbers += std::to_string(one.number) + " ";
    }
    return numbers;
  };
  EXPECT_EQ(warnings(""), "300 ");
  EXPECT_EQ(warnings("@targets(cpp)"), "");
  EXPECT_EQ(warnings("@targets(cpp, rust)"), "300 ");
  EXPECT_EQ(warnings("@targets(python, published)"), "300 ");
  EXPECT_EQ(warnings("@targets(js, published)"), "300 301 302 ");
  EXPECT_EQ(warnings("@targets(published)"), "306 300 301 302 ");
}

}  // namespace
}  // namespace mfidl::test
