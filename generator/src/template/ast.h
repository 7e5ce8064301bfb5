// A parsed template: a tree of nodes whose texts point into the template's own source. Once it is
// linked (template/linker.h), variables of one name have it at one address.
//
// The language is described in docs/templates.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "value.h"

namespace mfgen {

// One-based, as editors count.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// One step of `method.result.type`.
struct Step {
  std::string_view name;
  Place place;
  mutable Hint hint = {};
};

struct Path {
  std::vector<Step> steps;
};

struct Node;
struct Template;
using Nodes = std::vector<Node>;

struct Text {
  std::string_view text;
};

// {{"…"}}: text that the template's own syntax would swallow.
struct Quoted {
  std::string text;
};

// {{path}}
struct Print {
  Path path;
};

// {{_}}: a space where a long line may be broken.
struct Break {};

// {{#each path as name sep "…"}} … {{else}} … {{/each}}
struct Each {
  Path list;
  std::string_view name;
  std::string separator;
  bool separator_breaks = false;  // `fill`: its trailing space may become a line break
  Nodes body;
  Nodes otherwise;  // printed for an empty list
};

// {{#if [not] path [== literal]}} … {{else}} … {{/if}}
struct If {
  Path subject;
  bool negated = false;
  bool compared = false;
  std::string literal;  // when compared
  Nodes body;
  Nodes otherwise;
};

struct Argument {
  std::string_view name;
  std::variant<Path, Value> value;  // a path of the caller's, or text
};

// {{> name argument other=path}}
struct Partial {
  std::string_view name;
  Place place;
  std::string_view indent;  // of a partial that stands alone on its line
  std::vector<Argument> arguments;
  const Template* which = nullptr;  // set by link()
};

struct Node {
  std::variant<Text, Quoted, Print, Break, Each, If, Partial> data;
};

struct Template {
  std::string name;    // "cpp/client": how partials and languages name it
  std::string origin;  // "templates/cpp/client.tmpl": how messages name it
  std::unique_ptr<const std::string> source;
  Nodes nodes;
};

}  // namespace mfgen
