// The template language: what each construct prints, and every error with its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "template/renderer.h"
#include "template/template_set.h"
#include "value.h"

namespace mfgen {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A set of templates "main", and optionally a partial "part".
Outcome<std::string> run(std::string_view main, const Object& root, std::string_view part = "") {
  const EmbeddedFile files[] = {{"test/main.tmpl", main}, {"test/part.tmpl", part}};
  auto set = TemplateSet::load("test", files, "");
  if (!set.ok()) {
    return set.failure();
  }
  return render(set.value(), "main", root);
}

std::string printed(std::string_view main, const Object& root, std::string_view part = "") {
  auto text = run(main, root, part);
  return text.ok() ? text.value() : "FAILED: " + text.failure().text;
}

std::string error(std::string_view main, const Object& root, std::string_view part = "") {
  auto text = run(main, root, part);
  return text.ok() ? "PRINTED: " + text.value() : text.failure().text;
}

Object sample() {
  Object first;
  first.add("name", "left");
  first.add("type", "int");
  Object second;
  second.add("name", "right");
  second.add("type", "double");
  List params;
  params.emplace_back(std::move(first));
  params.emplace_back(std::move(second));
  Object method;
  method.add("name", "add");
  method.add("params", std::move(params));
  method.add("doc", List{Value("One."), Value("Two.")});
  method.add("none", List{});
  Object root;
  root.add("method", std::move(method));
  root.add("yes", true);
  root.add("no", false);
  root.add("empty", "");
  root.add("nothing", Value());
  root.add("count", Value(std::int64_t{-3}));
  root.add("kind", "list");
  return root;
}

TEST(Template, PrintsTextAndNames) {
  EXPECT_EQ(printed("void {{method.name}}({{ count }});\n", sample()), "void add(-3);\n");
  EXPECT_EQ(printed("no line end {{kind}}", sample()), "no line end list");
  EXPECT_EQ(printed("", sample()), "");
}

TEST(Template, PrintsItsOwnMarksWhenQuoted) {
  EXPECT_EQ(printed("{{\"{{\"}}1{{\"}}\"}} {{\"\\\"\\n\"}}", sample()), "{{1}} \"\n");
}

TEST(Template, LinesOfTagsDisappear) {
  EXPECT_EQ(
      printed("a\n  {{#if yes}}\nb\n  {{/if}}\n{{! a comment with \" and } }}\nc\n", sample()),
      "a\nb\nc\n");
  EXPECT_EQ(printed("a {{! inline }}b\n", sample()), "a b\n");
  EXPECT_EQ(printed("{{#if yes}}{{#if yes}}\nx\n{{/if}}{{/if}}\n", sample()), "x\n");
}

TEST(Template, EachWithSeparators) {
  EXPECT_EQ(
      printed("({{#each method.params as p sep \", \"}}{{p.type}} {{p.name}}{{/each}})", sample()),
      "(int left, double right)");
  EXPECT_EQ(
      printed("{\n{{#each method.params as p sep \",\"}}\n  {{p.name}}\n{{/each}}\n}\n", sample()),
      "{\n  left,\n  right\n}\n");
  EXPECT_EQ(
      printed("{{#each method.params as p sep \"\\n\"}}\n{{p.name}}\n{{/each}}\nend\n", sample()),
      "left\n\nright\nend\n");
  EXPECT_EQ(printed("{{#each method.doc as line}}\n/// {{line}}\n{{/each}}\n", sample()),
            "/// One.\n/// Two.\n");
}

TEST(Template, EachElse) {
  EXPECT_EQ(printed("{{#each method.none as x}}\n{{x}}\n{{else}}\nnone\n{{/each}}\n", sample()),
            "none\n");
}

TEST(Template, Conditions) {
  const Object root = sample();
  for (const char* name : {"yes", "kind", "method", "method.params"}) {
    EXPECT_EQ(printed("{{#if " + std::string(name) + "}}1{{else}}0{{/if}}", root), "1") << name;
    EXPECT_EQ(printed("{{#if not " + std::string(name) + "}}1{{else}}0{{/if}}", root), "0") << name;
  }
  for (const char* name : {"no", "empty", "nothing", "method.none"}) {
    EXPECT_EQ(printed("{{#if " + std::string(name) + "}}1{{else}}0{{/if}}", root), "0") << name;
  }
  const char* chain =
      "{{#if kind == \"map\"}}m{{else if kind == \"list\"}}l{{else if yes}}y{{else}}e{{/if}}.";
  EXPECT_EQ(printed(chain, root), "l.");
}

TEST(Template, PartialsAreReindented) {
  EXPECT_EQ(
      printed("class X {\n  {{> part method}}\n};\n", sample(), "{{method.name}} {\n  body\n\n}\n"),
      "class X {\n  add {\n    body\n\n  }\n};\n");
  EXPECT_EQ(printed("[{{> part method}}]\n", sample(), "{{method.name}}"), "[add]\n");
}

TEST(Template, PartialsTakeArguments) {
  EXPECT_EQ(printed("{{#each method.params as p}}{{> part it=p word=\"w\"}};{{/each}}", sample(),
                    "{{word}} {{it.name}} {{kind}}"),
            "w left list;w right list;");
}

TEST(Template, PartialsDoNotSeeTheCallersVariables) {
  EXPECT_EQ(error("{{#each method.params as p}}{{> part}}{{/each}}", sample(), "x\n {{p.name}}"),
            "templates/test/part.tmpl:2:4: error: unknown name 'p'\n"
            "templates/test/main.tmpl:1:33: note: in partial 'part' printed from here");
}

TEST(Template, FillBreaksLongLines) {
  List names;
  for (int i = 0; i < 6; ++i) {
    names.emplace_back("parameter_number_" + std::to_string(i));
  }
  Object root;
  root.add("names", std::move(names));
  EXPECT_EQ(printed("  void call({{#each names as n fill \", \"}}{{n}}{{/each}});\n", root),
            "  void call(parameter_number_0, parameter_number_1, parameter_number_2, "
            "parameter_number_3,\n"
            "            parameter_number_4, parameter_number_5);\n");
  EXPECT_EQ(printed("  std::vector<some::very_long_name> a_very_long_function_name_of_a_method("
                    "{{#each names as n fill \", \"}}{{n}}{{/each}});\n",
                    root),
            "  std::vector<some::very_long_name> a_very_long_function_name_of_a_method(\n"
            "      parameter_number_0, parameter_number_1, parameter_number_2, "
            "parameter_number_3,\n"
            "      parameter_number_4, parameter_number_5);\n");
  EXPECT_EQ(printed("short({{#each names as n fill \", \"}}p{{/each}});{{_}}x", root),
            "short(p, p, p, p, p, p); x");
}

struct BadTemplate {
  const char* text;
  const char* message;
};

TEST(Template, EveryErrorNamesItsPlace) {
  const BadTemplate cases[] = {
      {"a\nb {{name", "2:3: error: '{{' without '}}' on the same line"},
      {"{{#if yes}}\nx\n", "1:1: error: '{{#if yes}}' is never closed by '{{/if}}'"},
      {"{{#each method.none as x}}", "1:1: error: '{{#each method.none as x}}' is never closed"},
      {"{{#if yes}}\n{{/each}}\n",
       "2:1: error: expected '{{/if}}' for the block of line 1, got '{{/each}}'"},
      {"x{{/if}}", "1:2: error: '{{/if}}' without an open block"},
      {"{{else}}", "1:1: error: '{{else}}' without an open block"},
      {"{{#if yes}}{{else}}{{else}}{{/if}}",
       "1:20: error: expected '{{/if}}' for the block of line 1, got '{{else}}'"},
      {"{{#unless yes}}", "1:1: error: unknown block '#unless yes'; there are #each and #if"},
      {"{{}}", "1:3: error: a name is missing"},
      {"{{method.}}", "1:3: error: a name is missing"},
      {"{{name other}}", "1:8: error: unexpected text in a tag"},
      {"{{#each}}", "1:8: error: a name is missing"},
      {"{{#each method.none}}{{/each}}", "1:20: error: expected 'as NAME'"},
      {"{{#each method.none as}}{{/each}}", "1:23: error: expected a name after 'as'"},
      {"{{#each method.none as x sep ,}}{{/each}}", "1:30: error: expected a separator in quotes"},
      {"{{#each method.none as x fill \",\"}}{{/each}}",
       "1:34: error: a 'fill' separator ends with the space that may break"},
      {"{{#if kind == list}}{{/if}}", "1:15: error: expected text in quotes after '=='"},
      {"{{> }}", "1:5: error: expected the name of a partial"},
      {"{{> part =x}}", "1:10: error: expected NAME or NAME=VALUE"},
      {"{{> part x=}}", "1:12: error: a name is missing"},
      {"{{> prat}}", "1:5: error: there is no partial 'prat'"},
      {"a\n  {{nmae}}", "2:5: error: unknown name 'nmae'"},
      {"{{method.nmae}}", "1:10: error: unknown name 'nmae'; did you mean 'name'?"},
      {"{{#if methd}}{{/if}}", "1:7: error: unknown name 'methd'; did you mean 'method'?"},
      {"{{kind.name}}", "1:8: error: 'kind' is text, it has no 'name'"},
      {"{{method}}", "1:3: error: 'method' is an object; only text and numbers can be printed"},
      {"{{method.params}}", "1:10: error: 'method.params' is a list; only text"},
      {"{{nothing}}", "1:3: error: 'nothing' is null; only text"},
      {"{{yes}}", "1:3: error: 'yes' is a bool; only text"},
      {"{{#each kind as k}}{{/each}}", "1:9: error: 'kind' is text; #each needs a list"},
      {"{{#if count}}{{/if}}", "1:7: error: 'count' is a number; #if needs a bool"},
      {"{{#if yes == \"x\"}}{{/if}}", "1:7: error: 'yes' is a bool; only text can be compared"},
      {"{{> main}}", "1:5: error: partials nest deeper than 64"},
  };
  for (const BadTemplate& bad : cases) {
    EXPECT_THAT(error(bad.text, sample()),
                StartsWith(std::string("templates/test/main.tmpl:") + bad.message))
        << bad.text;
  }
}

TEST(Template, DeepBlocksAreRefused) {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    text += "{{#if yes}}";
  }
  EXPECT_THAT(error(text, sample()), HasSubstr("blocks nest deeper than 64"));
}

TEST(Template, UnknownTemplate) {
  auto set = TemplateSet::load("test", {}, "");
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(render(set.value(), "main", Object()).failure().text,
            "error: there is no template 'main'");
}

TEST(Template, DirectoryOverridesFileByFile) {
  const auto directory = std::filesystem::path(testing::TempDir()) / "mfgen_overlay";
  std::filesystem::create_directories(directory / "test" / "sub");
  std::ofstream(directory / "test" / "part.tmpl") << "mine {{> sub/more}}";
  std::ofstream(directory / "test" / "sub" / "more.tmpl") << "more";
  const EmbeddedFile files[] = {{"test/main.tmpl", "<{{> part}}>"}, {"test/part.tmpl", "theirs"}};
  auto set = TemplateSet::load("test", files, directory.string());
  ASSERT_TRUE(set.ok()) << set.failure().text;
  EXPECT_EQ(render(set.value(), "main", Object()).value(), "<mine more>");
  std::ofstream(directory / "test" / "part.tmpl") << "\n{{bad";
  EXPECT_EQ(TemplateSet::load("test", files, directory.string()).failure().text,
            (directory / "test" / "part.tmpl").string() +
                ":2:1: error: '{{' without '}}' on the same line");
  std::filesystem::remove_all(directory);
  EXPECT_THAT(TemplateSet::load("test", files, directory.string()).failure().text,
              HasSubstr("the template directory does not exist"));
}

TEST(Value, PrintsAsJson) {
  Object root;
  root.add("text", "a\"\\\n\x01");
  root.add("list", List{Value(true), Value(), Value(std::int64_t{7})});
  root.add("none", List{});
  root.add("object", Object());
  EXPECT_EQ(
      to_json(Value(std::move(root))),
      "{\n  \"text\": \"a\\\"\\\\\\n\\u0001\",\n  \"list\": [\n    true,\n    null,\n    7\n  "
      "],\n  \"none\": [],\n  \"object\": {}\n}\n");
}

}  // namespace
}  // namespace mfgen
