// Types and the paths that name them.
#include <array>
#include <utility>

#include "diagnostic_table.h"
#include "parser.h"

namespace mfidl {
namespace {

struct Container {
  std::string_view name;
  ast::BaseKind kind;
  std::size_t arguments;  // 0: one or more
  std::string_view example;
};
constexpr std::array<Container, 3> kContainers{{
    {"list", ast::BaseKind::kList, 1, "list<T>"},
    {"map", ast::BaseKind::kMap, 2, "map<K, T>"},
    {"tuple", ast::BaseKind::kTuple, 0, "tuple<A, B>"},
}};

const Container* find_container(std::string_view name) {
  for (const Container& container : kContainers) {
    if (container.name == name) return &container;
  }
  return nullptr;
}

std::string count_types(std::size_t count) {
  return count == 1 ? "1 type" : std::to_string(count) + " types";
}

}  // namespace

// "stream" before a name is the keyword; alone it is a name like any other.
bool Parser::at_stream_keyword() const {
  return at_word("stream") && ahead_.is(TokenKind::kIdentifier);
}

// type = ["stream"] base ["?"] {"|" base ["?"]}
bool Parser::parse_type(ast::TypeExpr& type) {
  if (!enter()) return false;
  const SourceSpan begin = current_.span;
  if (at_stream_keyword()) {
    type.is_stream = true;
    type.stream_keyword = current_.span;
    advance();
  }
  bool understood = true;
  do {
    if (!type.alternatives.empty() && at_stream_keyword()) {
      report(diag::kStreamNotFirst, current_.span);
      advance();
    }
    understood = parse_base(type.alternatives.emplace_back());
  } while (understood && accept(TokenKind::kPipe));
  type.span = since(begin);
  leave();
  return understood;
}

// base = "list" "<" type ">" | "map" "<" type "," type ">" | "tuple" "<" type {"," type} ">" | path
bool Parser::parse_base(ast::BaseType& base) {
  const SourceSpan begin = current_.span;
  const Container* container = at(TokenKind::kIdentifier) ? find_container(current_.text) : nullptr;
  if (container != nullptr && ahead_.is(TokenKind::kLess)) {
    base.kind = container->kind;
    advance();
    if (!parse_type_arguments(base)) return false;
    const std::size_t count = base.arguments.size();
    if (container->arguments != 0 && count != container->arguments) {
      report(diag::kTypeArgumentCount, since(begin), container->name,
             count_types(container->arguments), count);
    }
  } else {
    if (!parse_path("a type", base.name)) return false;
    if (base.name.is_simple() && container != nullptr) {
      report(diag::kMissingTypeArguments, begin, container->name, container->example);
    }
    if (at(TokenKind::kLess)) {
      report(diag::kNoTypeParameters, since(begin), base.name.str());
      ast::BaseType ignored;
      if (!parse_type_arguments(ignored)) return false;
    }
  }
  if (at(TokenKind::kQuestion)) {
    base.nullable = true;
    base.question = current_.span;
    advance();
  }
  if (at(TokenKind::kQuestion)) {
    report(diag::kRepeatedQuestion, current_.span);
    while (accept(TokenKind::kQuestion)) continue;
  }
  base.span = since(begin);
  return true;
}

// "<" type {"," type} ">"
bool Parser::parse_type_arguments(ast::BaseType& base) {
  advance();
  do {
    if (!parse_type(base.arguments.emplace_back())) return false;
  } while (accept(TokenKind::kComma));
  return expect(TokenKind::kGreater, "',' or '>'");
}

// path = ID {"." ID}
bool Parser::parse_path(std::string_view what, ast::Path& path) {
  const SourceSpan begin = current_.span;
  std::string_view wanted = what;
  do {
    ast::Identifier part;
    if (!parse_name(wanted, part)) return false;
    path.parts.push_back(part);
    wanted = "a name after '.'";
  } while (accept(TokenKind::kDot));
  path.span = since(begin);
  return true;
}

}  // namespace mfidl
