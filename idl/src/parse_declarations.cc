// Declarations: their heads and the parts that several share.
#include <array>
#include <string>
#include <utility>

#include "diagnostic_table.h"
#include "parser.h"
#include "parser_body.h"
#include "suggest.h"

namespace mfidl {
namespace {

// What other languages call the same thing.
struct ForeignWord {
  std::string_view foreign;
  std::string_view ours;
};
constexpr std::array<ForeignWord, 10> kForeignWords{{
    {"message", "struct"},
    {"class", "struct"},
    {"record", "struct"},
    {"service", "interface"},
    {"exception", "error"},
    {"typedef", "type"},
    {"using", "type"},
    {"alias", "type"},
    {"oneof", "union"},
    {"variant", "union"},
}};

constexpr std::array<std::string_view, 10> kTopLevelWords{
    "const", "type", "enum", "struct", "union", "error", "interface", "open", "import", "package"};

std::string suggest_declaration_word(std::string_view word) {
  for (const ForeignWord& entry : kForeignWords) {
    if (entry.foreign == word) return std::string(entry.ours);
  }
  return nearest(word, kTopLevelWords);
}

}  // namespace

// decl = const | alias | enum | struct | union | error | interface
bool Parser::parse_declaration(Prelude& prelude) {
  if (at_word("const")) return parse_const(prelude);
  if (at_word("type")) return parse_alias(prelude);
  if (at_word("enum")) return parse_enum(prelude, current_.span, false);
  if (at_word("struct")) return parse_struct(prelude);
  if (at_word("union")) return parse_union(prelude, current_.span, false);
  if (at_word("error")) return parse_error(prelude);
  if (at_word("interface")) return parse_interface(prelude);
  if (at_word("open")) return parse_open(prelude);

  Diagnostic* diagnostic = report(diag::kExpectedDeclaration, current_.span, describe(current_));
  if (diagnostic == nullptr) return false;
  if (at(TokenKind::kIdentifier)) diagnostic->suggest(suggest_declaration_word(current_.text));
  if (at(TokenKind::kCloseBrace)) diagnostic->help("no body is open here");
  return false;
}

// ["open"] before enum and union
bool Parser::parse_open(Prelude& prelude) {
  const SourceSpan begin = current_.span;
  advance();
  if (at_word("enum")) return parse_enum(prelude, begin, true);
  if (at_word("union")) return parse_union(prelude, begin, true);
  report(diag::kCannotBeOpen, current_.span, describe(current_));
  return at_declaration() && parse_declaration(prelude);
}

// The name, and what stood before the declaration.
bool Parser::parse_head(Prelude& prelude, std::string_view kind, ast::Declared& node) {
  node.doc = std::move(prelude.doc);
  node.annotations = std::move(prelude.annotations);
  node.span = current_.span;
  return parse_name("a name for the " + std::string(kind), node.name);
}

// const = "const" ID ":" type "=" literal ";"
bool Parser::parse_const(Prelude& prelude) {
  ast::ConstDecl node;
  const SourceSpan begin = current_.span;
  advance();
  const bool understood = parse_head(prelude, "constant", node) && expect(TokenKind::kColon) &&
                          parse_type(node.type) && expect(TokenKind::kEquals) &&
                          parse_literal(node.value) && finish_item();
  node.span = since(begin);
  file_.declarations.emplace_back(std::move(node));
  return understood;
}

// alias = "type" ID "=" type ";"
bool Parser::parse_alias(Prelude& prelude) {
  ast::AliasDecl node;
  const SourceSpan begin = current_.span;
  advance();
  const bool understood = parse_head(prelude, "type", node) && expect(TokenKind::kEquals) &&
                          parse_type(node.type) && finish_item();
  node.span = since(begin);
  file_.declarations.emplace_back(std::move(node));
  return understood;
}

// enum = ["open"] "enum" ID [":" ID] "{" [value {"," value} [","]] "}"
bool Parser::parse_enum(Prelude& prelude, SourceSpan begin, bool open) {
  ast::EnumDecl node;
  node.open = open;
  advance();
  bool understood = parse_head(prelude, "enum", node);
  if (understood && accept(TokenKind::kColon)) {
    understood = parse_name("an integer type", node.base.emplace());
  }
  understood = understood && parse_body(BodyKind::kValues, "enum", node, [&](Prelude& item) {
                 return parse_enum_value(item, node);
               });
  node.span = since(begin);
  file_.declarations.emplace_back(std::move(node));
  return understood;
}

// value = {annot} ID ["=" literal]
bool Parser::parse_enum_value(Prelude& prelude, ast::EnumDecl& node) {
  ast::EnumValue value;
  const SourceSpan begin = current_.span;
  if (!parse_head(prelude, "value", value)) return false;
  const bool understood = !accept(TokenKind::kEquals) || parse_literal(value.value.emplace());
  value.span = since(begin);
  node.values.push_back(std::move(value));
  if (!understood) return false;
  if (at(TokenKind::kCloseBrace) || accept(TokenKind::kComma) || at_declaration()) return true;
  report_expected("',' or '}'");
  return accept(TokenKind::kSemicolon) || current_.starts_line;
}

// struct = "struct" ID "{" {member} "}"
bool Parser::parse_struct(Prelude& prelude) {
  ast::StructDecl node;
  const SourceSpan begin = current_.span;
  advance();
  const bool understood = parse_head(prelude, "struct", node) &&
                          !refuse_inheritance("struct", node) && parse_fields("struct", node);
  node.span = since(begin);
  file_.declarations.emplace_back(std::move(node));
  return understood;
}

// error = "error" ID ("{" {member} "}" | ";")
bool Parser::parse_error(Prelude& prelude) {
  ast::ErrorDecl node;
  const SourceSpan begin = current_.span;
  advance();
  const bool understood = parse_head(prelude, "error", node) &&
                          !refuse_inheritance("error", node) &&
                          (accept(TokenKind::kSemicolon) || parse_fields("error", node));
  node.span = since(begin);
  file_.declarations.emplace_back(std::move(node));
  return understood;
}

// union = ["open"] "union" ID "tag" STRING "{" {{annot} ID ":" type ["=" STRING] ";"} "}"
bool Parser::parse_union(Prelude& prelude, SourceSpan begin, bool open) {
  ast::UnionDecl node;
  node.open = open;
  advance();
  bool understood = parse_head(prelude, "union", node) && !refuse_inheritance("union", node);
  if (understood && at_word("tag")) {
    advance();
  } else if (understood) {
    Diagnostic* diagnostic = report_expected("'tag'");
    if (diagnostic != nullptr) {
      diagnostic->help("write 'union " + std::string(node.name.text) +
                       " tag \"kind\" {': the key that tells the variants apart");
    }
    understood = at(TokenKind::kString) || at(TokenKind::kOpenBrace);
  }
  if (understood && !at(TokenKind::kOpenBrace)) {
    understood = parse_string_token("the tag's key, a string", node.tag);
  } else if (understood) {
    report_expected("the tag's key, a string");
  }
  understood = understood && parse_body(BodyKind::kFields, "union", node, [&](Prelude& item) {
                 return parse_union_member(item, node);
               });
  node.span = since(begin);
  file_.declarations.emplace_back(std::move(node));
  return understood;
}

bool Parser::parse_union_member(Prelude& prelude, ast::UnionDecl& node) {
  ast::UnionMember member;
  const SourceSpan begin = current_.span;
  if (!parse_head(prelude, "variant", member)) return false;
  const bool understood =
      expect(TokenKind::kColon) && parse_type(member.type) &&
      (!accept(TokenKind::kEquals) ||
       parse_string_token("the variant's tag, a string", member.tag_value.emplace())) &&
      finish_item();
  member.span = since(begin);
  node.members.push_back(std::move(member));
  return understood;
}

// interface = "interface" ID ["extends" path {"," path}] "{" {method | reserved} "}"
bool Parser::parse_interface(Prelude& prelude) {
  ast::InterfaceDecl node;
  const SourceSpan begin = current_.span;
  advance();
  bool understood = parse_head(prelude, "interface", node);
  if (understood && at_word("extends")) {
    advance();
    understood = parse_paths("the name of an interface", node.extends);
  }
  understood =
      understood && parse_body(BodyKind::kMethods, "interface", node, [&](Prelude& item) {
        return at_reserved() ? parse_reserved(item, node.reserved) : parse_method(item, node);
      });
  node.span = since(begin);
  file_.declarations.emplace_back(std::move(node));
  return understood;
}

// path {"," path}
bool Parser::parse_paths(std::string_view what, std::vector<ast::Path>& paths) {
  do {
    if (!parse_path(what, paths.emplace_back())) return false;
  } while (accept(TokenKind::kComma));
  return true;
}

// The habit of other languages: "struct B extends A {", "struct B : A {". Answers whether it was
// met.
bool Parser::refuse_inheritance(std::string_view kind, const ast::Declared& node) {
  if (!at_word("extends") && !at(TokenKind::kColon)) return false;
  Diagnostic* diagnostic = report(diag::kNoInheritance, current_.span, kind, node.name.text);
  if (diagnostic != nullptr) diagnostic->help("give it a member of the other type");
  return true;
}

}  // namespace mfidl
