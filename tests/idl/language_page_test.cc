// docs/language.md is the language reference. Its examples are run, and its lists are compared with
// what the front end really does, so that the page cannot drift.
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "annotation_table.h"
#include "diagnostic_table.h"
#include "front_end.h"
#include "markdown.h"
#include "mfidl/parse.h"
#include "mfidl/render.h"

namespace mfidl::test {
namespace {

std::string page() { return read_file(source_path("docs/language.md")); }

// The page leaves the package out where it has nothing to do with the matter.
std::vector<Example> whole_examples() {
  std::vector<Example> examples = examples_of(page());
  for (Example& example : examples) {
    const bool has_package = example.text.find("package ") != std::string::npos;
    if (!has_package) example.text.insert(0, "package demo;\n");
  }
  return examples;
}

TEST(LanguagePage, ExamplesDoWhatTheySay) {
  const std::vector<Example> examples = whole_examples();
  EXPECT_GT(examples.size(), 50U);
  for (const Example& example : examples) {
    FrontEnd front_end;
    run_example(example, examples, front_end);
    if (!example.is("bad")) {
      EXPECT_FALSE(front_end.diagnostics.has_errors()) << example.text << front_end.text();
    } else {
      EXPECT_TRUE(front_end.reports(example.promised_number()))
          << example.text << "got " << front_end.text();
    }
  }
}

std::string_view kind_of(ArgumentKind kind) {
  switch (kind) {
    case ArgumentKind::kString:
      return "string";
    case ArgumentKind::kInteger:
      return "integer";
    case ArgumentKind::kNumber:
      return "number or duration";
    case ArgumentKind::kDuration:
      return "duration";
    case ArgumentKind::kName:
      return "name";
    case ArgumentKind::kList:
      return "list";
    case ArgumentKind::kAny:
      return "value";
  }
  return "";
}

// "service: string, namespace: string"; what may be left out stands in brackets, "…" is "and more".
std::string arguments_of(const AnnotationSpec& spec) {
  std::string text;
  for (const ArgumentSpec& argument : spec.arguments) {
    if (!text.empty()) text += ", ";
    std::string one = std::string(argument.name) + ": " + std::string(kind_of(argument.kind));
    text += argument.required ? one : "[" + one + "]";
  }
  return spec.variadic ? text + ", …" : text;
}

std::string places_of(const AnnotationSpec& spec) {
  const auto all_but_package = (static_cast<std::uint32_t>(Site::kParameter) << 1) - 2;
  return spec.sites == all_but_package ? "anything with a name" : site_names(spec.sites);
}

TEST(LanguagePage, AnnotationTableIsTheRealOne) {
  const std::string text = page();
  const std::string head = "| annotation | on | arguments | effect |\n|---|---|---|---|\n";
  std::size_t at = text.find(head);
  ASSERT_NE(at, std::string::npos);
  at += head.size();
  for (const AnnotationSpec& spec : annotation_table()) {
    const std::string row = "| `@" + std::string(spec.name) + "` | " + places_of(spec) + " | " +
                            arguments_of(spec) + " | ";
    ASSERT_EQ(text.substr(at, row.size()), row);
    const std::size_t end = text.find(" |\n", at + row.size());
    ASSERT_NE(end, std::string::npos);
    EXPECT_GT(end, at + row.size()) << "say what the effect is";
    at = end + 3;
  }
  EXPECT_TRUE(text.substr(at).starts_with("| `@x.tool.name` |")) << "it closes the table";
}

TEST(LanguagePage, LimitsAreTheRealOnes) {
  const std::string text = page();
  const auto states = [&text](const std::string& row) {
    return text.find("\n| " + row + " | ") != std::string::npos;
  };
  EXPECT_TRUE(states("file | " + std::to_string(kMaxFileBytes >> 20) + " MiB"));
  EXPECT_TRUE(states("nesting of types and literals | " + std::to_string(kMaxNesting)));
  EXPECT_TRUE(states("errors in one run | " + std::to_string(kMaxErrors)));
  EXPECT_TRUE(states("warnings in one run | " + std::to_string(kMaxWarnings)));
}

// Every member that the JSON form can have stands in the page's tables.
TEST(LanguagePage, JsonMembersAreListed) {
  FrontEnd front_end;
  const SourceFile& file = front_end.sources.add("x.mfidl", "abc");
  const SourceSpan span{file.base(), file.base() + 1};
  front_end.diagnostics.report(diag::kUnexpectedCharacter, span, "x")
      .suggest("y")
      .note(span, "z")
      .help("h");
  const std::string json = render_json(front_end.diagnostics, front_end.sources);
  const std::string text = page();
  const std::regex member("\"([a-z_]+)\": ");
  for (std::sregex_iterator it(json.begin(), json.end(), member); it != std::sregex_iterator();
       ++it) {
    EXPECT_NE(text.find("`" + it->str(1) + "`"), std::string::npos) << it->str(1);
  }
}

}  // namespace
}  // namespace mfidl::test
