// Literals, annotations, and the single names and strings that the grammar asks for.
#include <unordered_set>
#include <utility>

#include "diagnostic_table.h"
#include "parser.h"

namespace mfidl {

bool Parser::parse_name(std::string_view what, ast::Identifier& name) {
  if (!at(TokenKind::kIdentifier)) return fail(what);
  name = {current_.text, current_.span};
  advance();
  return true;
}

bool Parser::parse_string_token(std::string_view what, ast::StringToken& string) {
  if (!at(TokenKind::kString)) return fail(what);
  string = {std::move(std::get<ast::StringLiteral>(current_.value).value), current_.span};
  advance();
  return true;
}

// literal = INT | FLOAT | STRING | DURATION | path | list | map
bool Parser::parse_literal(ast::Literal& literal) {
  literal.span = current_.span;
  switch (current_.kind) {
    case TokenKind::kInt:
      literal.value = std::get<ast::IntLiteral>(current_.value);
      break;
    case TokenKind::kFloat:
      literal.value = std::get<ast::FloatLiteral>(current_.value);
      break;
    case TokenKind::kDuration:
      literal.value = std::get<ast::DurationLiteral>(current_.value);
      break;
    case TokenKind::kString:
      literal.value = std::move(std::get<ast::StringLiteral>(current_.value));
      break;
    case TokenKind::kIdentifier: {
      ast::PathLiteral path;
      if (!parse_path("a value", path.path)) return false;
      literal.span = path.path.span;
      literal.value = std::move(path);
      return true;
    }
    case TokenKind::kOpenBracket:
      return parse_list(literal);
    case TokenKind::kOpenBrace:
      return parse_map(literal);
    default:
      return fail("a value");
  }
  advance();
  return true;
}

// list = "[" [literal {"," literal} [","]] "]"
bool Parser::parse_list(ast::Literal& literal) {
  if (!enter()) return false;
  const SourceSpan begin = current_.span;
  advance();
  ast::ListLiteral list;
  bool understood = true;
  while (understood && !at(TokenKind::kCloseBracket)) {
    understood = parse_literal(list.items.emplace_back());
    if (understood && !accept(TokenKind::kComma)) break;
  }
  understood = understood && expect(TokenKind::kCloseBracket, "',' or ']'");
  literal.value = std::move(list);
  literal.span = since(begin);
  leave();
  return understood;
}

// map = "{" [(ID | STRING) ":" literal {"," (ID | STRING) ":" literal} [","]] "}"
bool Parser::parse_map(ast::Literal& literal) {
  if (!enter()) return false;
  const SourceSpan begin = current_.span;
  advance();
  ast::MapLiteral map;
  std::unordered_set<std::string> keys;
  bool understood = true;
  while (understood && !at(TokenKind::kCloseBrace)) {
    ast::MapEntry& entry = map.entries.emplace_back();
    entry.key_span = current_.span;
    if (at(TokenKind::kString)) {
      entry.key = std::move(std::get<ast::StringLiteral>(current_.value).value);
      advance();
    } else {
      ast::Identifier name;
      understood = parse_name("a key", name);
      entry.key = name.text;
    }
    if (understood && !keys.insert(entry.key).second) {
      report(diag::kRepeatedKey, entry.key_span, entry.key);
    }
    understood = understood && expect(TokenKind::kColon) && parse_literal(entry.value);
    if (understood && !accept(TokenKind::kComma)) break;
  }
  understood = understood && expect(TokenKind::kCloseBrace, "',' or '}'");
  literal.value = std::move(map);
  literal.span = since(begin);
  leave();
  return understood;
}

// annot = "@" path ["(" [[ID "="] literal {"," [ID "="] literal}] ")"]
bool Parser::parse_annotation(ast::Annotation& annotation) {
  const SourceSpan begin = current_.span;
  advance();
  const bool understood = parse_path("the name of an annotation", annotation.name) &&
                          (!at(TokenKind::kOpenParen) || parse_annotation_arguments(annotation));
  annotation.span = since(begin);
  return understood;
}

bool Parser::parse_annotation_arguments(ast::Annotation& annotation) {
  advance();
  if (accept(TokenKind::kCloseParen)) return true;
  do {
    ast::AnnotationArgument& argument = annotation.arguments.emplace_back();
    const SourceSpan begin = current_.span;
    if (at(TokenKind::kIdentifier) && ahead_.is(TokenKind::kEquals)) {
      argument.name = ast::Identifier{current_.text, current_.span};
      advance();
      advance();
    }
    if (!parse_literal(argument.value)) return false;
    argument.span = since(begin);
  } while (accept(TokenKind::kComma));
  return expect(TokenKind::kCloseParen, "',' or ')'");
}

// Doc comments may stand before and after annotations. An annotation that is not understood is left
// out; what it annotates is still looked at.
Parser::Prelude Parser::parse_prelude() {
  Prelude prelude;
  prelude.before = previous_;
  while (true) {
    if (current_.doc.span.valid()) {
      if (prelude.doc.span.valid()) prelude.doc.text += '\n';
      prelude.doc.text += current_.doc.text;
      prelude.doc.span = prelude.doc.span.to(current_.doc.span);
      current_.doc = {};
    }
    if (!at(TokenKind::kAt)) return prelude;
    ast::Annotation annotation;
    if (parse_annotation(annotation)) {
      prelude.annotations.push_back(std::move(annotation));
    } else if (!annotation.name.parts.empty() && !current_.starts_line && !at_declaration()) {
      skip_param();
      accept(TokenKind::kCloseParen);
    }
  }
}

}  // namespace mfidl
