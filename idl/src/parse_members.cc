// What stands inside bodies: members, methods, parameters, reserved names.
#include <string>
#include <utility>

#include "diagnostic_table.h"
#include "parser.h"
#include "parser_body.h"

namespace mfidl {

bool Parser::open_body(BodyKind body) {
  if (accept(TokenKind::kOpenBrace)) return true;
  report_expected("'{'");
  // The body may be there all the same.
  if (at(TokenKind::kAt)) return true;
  if (!at(TokenKind::kIdentifier) || at_declaration()) return false;
  if (body == BodyKind::kMethods) return ahead_.is(TokenKind::kOpenParen);
  if (body == BodyKind::kFields) return ahead_.is(TokenKind::kColon);
  return ahead_.is(TokenKind::kComma) || ahead_.is(TokenKind::kEquals);
}

void Parser::report_missing_close(std::string_view kind, const ast::Declared& node,
                                  SourceSpan before, SourceSpan opened) {
  Diagnostic* diagnostic =
      report(diag::kMissingCloseBrace, {before.end, before.end}, kind, node.name.text);
  if (diagnostic != nullptr) diagnostic->note(opened, "the body begins here");
}

// The ";" of a member or method. Answers whether the next item can be read from here.
bool Parser::finish_item(std::string_view expected) {
  if (accept(TokenKind::kSemicolon)) return true;
  report_expected(expected);
  if (accept(TokenKind::kComma)) return true;
  return current_.starts_line || at(TokenKind::kCloseBrace);
}

// "reserved" before a string is the keyword; otherwise it is a name like any other.
bool Parser::at_reserved() const { return at_word("reserved") && ahead_.is(TokenKind::kString); }

// "reserved" STRING {"," STRING} ";"
bool Parser::parse_reserved(Prelude& prelude, std::vector<ast::Reserved>& reserved) {
  refuse_prelude(prelude, "'reserved'");
  ast::Reserved node;
  const SourceSpan begin = current_.span;
  advance();
  bool understood = true;
  do {
    understood = parse_string_token("a name as a string", node.names.emplace_back());
  } while (understood && accept(TokenKind::kComma));
  if (!understood) node.names.pop_back();
  understood = understood && finish_item();
  node.span = since(begin);
  reserved.push_back(std::move(node));
  return understood;
}

// ID ["?"] ":" type ["=" literal]
bool Parser::parse_field(Prelude& prelude, std::string_view kind, ast::Member& member) {
  const SourceSpan begin = current_.span;
  if (!parse_head(prelude, kind, member)) return false;
  if (at(TokenKind::kQuestion)) {
    member.optional = true;
    member.optional_mark = current_.span;
    advance();
  }
  bool understood = true;
  if (!accept(TokenKind::kColon)) {
    Diagnostic* diagnostic = report_expected(member.optional ? "':'" : "'?' or ':'");
    if (diagnostic != nullptr && at(TokenKind::kIdentifier)) {
      diagnostic->help("a " + std::string(kind) + " is written 'name: type'");
    }
    understood = false;
  }
  understood = understood && parse_type(member.type) &&
               (!accept(TokenKind::kEquals) || parse_literal(member.default_value.emplace()));
  member.span = since(begin);
  return understood;
}

// method = {annot} ID "(" [param {"," param} [","]] ")" ["->" type] ["throws" path {"," path}] ";"
bool Parser::parse_method(Prelude& prelude, ast::InterfaceDecl& node) {
  ast::Method method;
  const SourceSpan begin = current_.span;
  if (!parse_head(prelude, "method", method)) return false;
  bool understood = expect(TokenKind::kOpenParen) && parse_params(method);
  if (understood && at(TokenKind::kColon)) {
    Diagnostic* diagnostic = report_expected("'->', 'throws' or ';'");
    if (diagnostic != nullptr) diagnostic->help("the result's type stands behind '->'");
    advance();
    understood = parse_type(method.result.emplace());
  } else if (understood && accept(TokenKind::kArrow)) {
    understood = parse_type(method.result.emplace());
  }
  if (understood && at_word("throws")) {
    advance();
    understood = parse_paths("the name of an error", method.throws);
  }
  const std::string_view expected = !method.throws.empty() ? "',' or ';'"
                                    : method.result        ? "'throws' or ';'"
                                                           : "'->', 'throws' or ';'";
  understood = understood && finish_item(expected);
  method.span = since(begin);
  node.methods.push_back(std::move(method));
  return understood;
}

// [param {"," param} [","]] ")"      param = {annot} ID ["?"] ":" type ["=" literal]
bool Parser::parse_params(ast::Method& method) {
  while (!at(TokenKind::kCloseParen)) {
    Prelude prelude = parse_prelude();
    ast::Member param;
    if (!parse_field(prelude, "parameter", param)) skip_param();
    if (!param.name.text.empty()) method.params.push_back(std::move(param));
    if (accept(TokenKind::kComma)) continue;
    if (!at(TokenKind::kCloseParen)) return fail("',' or ')'");
  }
  advance();
  return true;
}

}  // namespace mfidl
