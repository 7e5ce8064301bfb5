// The tree that the parser makes of well-formed text.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "front_end.h"
#include "mfidl/parse.h"

namespace mfidl::test {
namespace {

class Tree : public testing::Test {
 protected:
  const ast::File& parse(const std::string& text) {
    const SourceFile& source = front_end_.sources.add("x.mfidl", text);
    file_ = parse_file(source, front_end_.diagnostics);
    EXPECT_EQ(front_end_.text(), "");
    return file_;
  }

  // The only declaration of a file that holds nothing else.
  template <typename Declaration>
  const Declaration& parse_one(const std::string& text) {
    parse("package a;\n" + text);
    EXPECT_EQ(file_.declarations.size(), 1U);
    return std::get<Declaration>(file_.declarations.at(0));
  }

  std::string text_of(SourceSpan span) const { return std::string(file_.source->text(span)); }

  FrontEnd front_end_;
  ast::File file_;
};

TEST_F(Tree, FileWithPackageImportsAndDocs) {
  const ast::File& file = parse(R"(// A licence.
/// What this is.
@x.docs.page("vision")
/// And more.
package acme.vision;

import "common/geo.mfidl" as geo;
import "units.mfidl";

type Id = string;
)");
  EXPECT_EQ(file.package.str(), "acme.vision");
  EXPECT_EQ(file.doc.text, "What this is.\nAnd more.");
  ASSERT_EQ(file.annotations.size(), 1U);
  EXPECT_EQ(file.annotations[0].name.str(), "x.docs.page");
  ASSERT_EQ(file.imports.size(), 2U);
  EXPECT_EQ(file.imports[0].path.value, "common/geo.mfidl");
  EXPECT_EQ(file.imports[0].alias->text, "geo");
  EXPECT_EQ(text_of(file.imports[0].span), "import \"common/geo.mfidl\" as geo;");
  EXPECT_FALSE(file.imports[1].alias.has_value());
  ASSERT_EQ(file.declarations.size(), 1U);
  EXPECT_EQ(ast::declared(file.declarations[0]).name.text, "Id");
}

TEST_F(Tree, Enum) {
  const auto& node =
      parse_one<ast::EnumDecl>("open enum E: i32 {\n  /// First.\n  @deprecated a = 1,\n  b,\n}");
  EXPECT_TRUE(node.open);
  EXPECT_EQ(node.base->text, "i32");
  ASSERT_EQ(node.values.size(), 2U);
  EXPECT_EQ(node.values[0].doc.text, "First.");
  EXPECT_EQ(node.values[0].annotations.at(0).name.str(), "deprecated");
  EXPECT_EQ(node.values[0].value->as<ast::IntLiteral>()->magnitude, 1U);
  EXPECT_FALSE(node.values[1].value.has_value());
  EXPECT_TRUE(text_of(node.span).starts_with("open enum E"));
  EXPECT_TRUE(text_of(node.span).ends_with("}"));
}

TEST_F(Tree, StructMembersInTheirFourForms) {
  const auto& node = parse_one<ast::StructDecl>(
      "struct S { a: T; b: T?; c?: T; d: T = 1; reserved \"e\", \"f\"; reserved \"g\"; }");
  ASSERT_EQ(node.members.size(), 4U);
  EXPECT_FALSE(node.members[0].optional);
  EXPECT_FALSE(node.members[0].type.alternatives[0].nullable);
  EXPECT_TRUE(node.members[1].type.alternatives[0].nullable);
  EXPECT_TRUE(node.members[2].optional);
  EXPECT_TRUE(node.members[3].default_value.has_value());
  ASSERT_EQ(node.reserved.size(), 2U);
  EXPECT_EQ(node.reserved[0].names.at(1).value, "f");
  EXPECT_EQ(text_of(node.members[3].span), "d: T = 1");
}

TEST_F(Tree, Types) {
  const auto& node =
      parse_one<ast::AliasDecl>("type T = map<string, list<geo.Rect?>>? | tuple<i32, f64> | null;");
  ASSERT_EQ(node.type.alternatives.size(), 3U);
  const ast::BaseType& map = node.type.alternatives[0];
  EXPECT_EQ(map.kind, ast::BaseKind::kMap);
  EXPECT_TRUE(map.nullable);
  ASSERT_EQ(map.arguments.size(), 2U);
  const ast::BaseType& list = map.arguments[1].alternatives.at(0);
  EXPECT_EQ(list.kind, ast::BaseKind::kList);
  const ast::BaseType& rect = list.arguments.at(0).alternatives.at(0);
  EXPECT_EQ(rect.name.str(), "geo.Rect");
  EXPECT_TRUE(rect.nullable);
  EXPECT_EQ(text_of(rect.span), "geo.Rect?");
  EXPECT_EQ(node.type.alternatives[1].kind, ast::BaseKind::kTuple);
  EXPECT_EQ(node.type.alternatives[2].name.str(), "null");
}

TEST_F(Tree, Union) {
  const auto& node = parse_one<ast::UnionDecl>(
      "open union U tag \"kind\" { file: F; @since(\"1\") cam: C = \"c\"; }");
  EXPECT_TRUE(node.open);
  EXPECT_EQ(node.tag.value, "kind");
  ASSERT_EQ(node.members.size(), 2U);
  EXPECT_FALSE(node.members[0].tag_value.has_value());
  EXPECT_EQ(node.members[1].tag_value->value, "c");
  EXPECT_EQ(node.members[1].annotations.size(), 1U);
}

TEST_F(Tree, Errors) {
  EXPECT_TRUE(parse_one<ast::ErrorDecl>("error E;").members.empty());
  EXPECT_EQ(parse_one<ast::ErrorDecl>("error E { id: i32; reserved \"x\"; }").members.size(), 1U);
}

TEST_F(Tree, InterfaceAndMethods) {
  const auto& node = parse_one<ast::InterfaceDecl>(R"(interface I extends a.B, C {
  /// Finds.
  find(
    /// Where.
    @size(1, max = 5) source: Source,
    limit?: i32 = 3,
  ) -> stream A | B?
      throws NotFound, geo.Far;
  ping();
  reserved "old";
})");
  ASSERT_EQ(node.extends.size(), 2U);
  EXPECT_EQ(node.extends[0].str(), "a.B");
  ASSERT_EQ(node.methods.size(), 2U);
  const ast::Method& find = node.methods[0];
  EXPECT_EQ(find.doc.text, "Finds.");
  ASSERT_EQ(find.params.size(), 2U);
  EXPECT_EQ(find.params[0].doc.text, "Where.");
  const ast::Annotation& size = find.params[0].annotations.at(0);
  ASSERT_EQ(size.arguments.size(), 2U);
  EXPECT_FALSE(size.arguments[0].name.has_value());
  EXPECT_EQ(size.arguments[1].name->text, "max");
  EXPECT_EQ(text_of(size.span), "@size(1, max = 5)");
  EXPECT_TRUE(find.params[1].optional);
  EXPECT_TRUE(find.result->is_stream);
  EXPECT_EQ(find.result->alternatives.size(), 2U);
  ASSERT_EQ(find.throws.size(), 2U);
  EXPECT_EQ(find.throws[1].str(), "geo.Far");
  EXPECT_FALSE(node.methods[1].result.has_value());
  EXPECT_EQ(node.reserved.at(0).names.at(0).value, "old");
}

// All keywords are contextual: each is a member, a method, a parameter and a type as well.
TEST_F(Tree, KeywordsAreNames) {
  std::string members;
  std::string methods;
  for (const std::string word :
       {"package",  "import", "as",    "const", "type",      "open",    "enum",   "struct",
        "reserved", "union",  "tag",   "error", "interface", "extends", "stream", "throws",
        "list",     "map",    "tuple", "true",  "false",     "null",    "i32",    "string"}) {
    members += "  " + word + ": X;\n  " + word + "_?: X;\n";
    methods += "  " + word + "(" + word + ": X, b?: " + word + ".T) -> X throws X;\n";
  }
  const auto& node = parse_one<ast::StructDecl>("struct struct {\n" + members + "}\n");
  EXPECT_EQ(node.members.size(), 48U);
  EXPECT_EQ(
      parse_one<ast::InterfaceDecl>("interface interface {\n" + methods + "}\n").methods.size(),
      24U);
  EXPECT_EQ(parse_one<ast::EnumDecl>("enum enum { open, enum, struct = 5, error }").values.size(),
            4U);
}

TEST_F(Tree, StreamIsAKeywordBeforeAName) {
  const auto& alone = parse_one<ast::AliasDecl>("type T = stream;");
  EXPECT_FALSE(alone.type.is_stream);
  EXPECT_EQ(alone.type.alternatives[0].name.str(), "stream");
  const auto& twice = parse_one<ast::AliasDecl>("type T = stream stream;");
  EXPECT_TRUE(twice.type.is_stream);
  EXPECT_EQ(twice.type.alternatives[0].name.str(), "stream");
}

TEST_F(Tree, CommentsDocsAndLineEnds) {
  const auto& node = parse_one<ast::StructDecl>(
      "struct S {  // plain\r\n"
      "  ///No blank after the slashes.\r\n"
      "  ///  Two blanks.\r\n"
      "  ///\r\n"
      "  //// Four slashes are a plain comment.\r\n"
      "  /// Last.\r\n"
      "  a: i32;\r\n"
      "}\r\n");
  EXPECT_EQ(node.members.at(0).doc.text, "No blank after the slashes.\n Two blanks.\n\nLast.");
}

TEST_F(Tree, ByteOrderMarkIsSkipped) {
  parse("\xEF\xBB\xBFpackage a;");
  EXPECT_EQ(file_.package.str(), "a");
}

// The parser gives what it could understand; a phase that goes on needs whole nodes all the same.
TEST_F(Tree, BrokenTextStillHasItsParts) {
  const SourceFile& source = front_end_.sources.add(
      "x.mfidl", "package a;\nstruct S { a i32; b: i32; }\nstrukt T {}\nenum E { x, y }\n");
  file_ = parse_file(source, front_end_.diagnostics);
  EXPECT_EQ(front_end_.diagnostics.error_count(), 2U);
  ASSERT_EQ(file_.declarations.size(), 2U);
  const auto& node = std::get<ast::StructDecl>(file_.declarations[0]);
  ASSERT_EQ(node.members.size(), 2U);
  EXPECT_EQ(node.members[1].name.text, "b");
}

}  // namespace
}  // namespace mfidl::test
