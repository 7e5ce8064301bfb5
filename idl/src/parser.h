// The parser: recursive descent over two tokens, one method a grammar rule.
//
// The methods stand in parser.cc (the file, and how errors are reported and survived),
// parse_declarations.cc, parse_members.cc, parse_types.cc and parse_literals.cc (annotations too).
// The grammar rule is the comment above each.
//
// A parse_… method fills its node and answers true, or reports one error and answers false with the
// cursor where it gave up; whoever owns a loop (file, body, list of parameters) then skips to where
// the next item can begin. Nothing is reported twice for one place, nor next to a token in which
// the lexer has already reported something. Every loop makes progress, so the time is linear.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lexer.h"
#include "mfidl/ast.h"
#include "mfidl/diagnostics.h"
#include "mfidl/parse.h"

namespace mfidl {

class Parser {
 public:
  Parser(const SourceFile& source, Diagnostics& diagnostics);

  ast::File parse();

 private:
  // Doc comments and annotations before something, in any order.
  struct Prelude {
    ast::DocComment doc;
    std::vector<ast::Annotation> annotations;
    // Where the token before them ended: the place of a "}" that is missing.
    SourceSpan before;
  };

  // What a body holds decides where recovery may start again.
  enum class BodyKind { kFields, kValues, kMethods };

  // ---- file: parser.cc
  void parse_package(Prelude prelude);
  bool parse_import();
  void parse_top_level(Prelude prelude);

  // ---- declarations: parse_declarations.cc
  bool parse_declaration(Prelude& prelude);
  bool parse_open(Prelude& prelude);
  bool parse_const(Prelude& prelude);
  bool parse_alias(Prelude& prelude);
  bool parse_enum(Prelude& prelude, SourceSpan begin, bool open);
  bool parse_enum_value(Prelude& prelude, ast::EnumDecl& node);
  bool parse_struct(Prelude& prelude);
  bool parse_error(Prelude& prelude);
  bool parse_union(Prelude& prelude, SourceSpan begin, bool open);
  bool parse_union_member(Prelude& prelude, ast::UnionDecl& node);
  bool parse_interface(Prelude& prelude);
  bool parse_paths(std::string_view what, std::vector<ast::Path>& paths);
  bool parse_head(Prelude& prelude, std::string_view kind, ast::Declared& node);
  bool refuse_inheritance(std::string_view kind, const ast::Declared& node);

  // ---- bodies: parse_members.cc, the templates in parser_body.h
  // "{" item… "}". `parse_item` takes a Prelude and answers whether it succeeded.
  template <typename ParseItem>
  bool parse_body(BodyKind body, std::string_view kind, ast::Declared& node, ParseItem parse_item);
  template <typename Node>
  bool parse_fields(std::string_view kind, Node& node);
  bool open_body(BodyKind body);
  void report_missing_close(std::string_view kind, const ast::Declared& node, SourceSpan before,
                            SourceSpan opened);
  bool finish_item(std::string_view expected = "';'");
  bool at_reserved() const;
  bool parse_reserved(Prelude& prelude, std::vector<ast::Reserved>& reserved);
  bool parse_field(Prelude& prelude, std::string_view kind, ast::Member& member);
  bool parse_method(Prelude& prelude, ast::InterfaceDecl& node);
  bool parse_params(ast::Method& method);

  // ---- types: parse_types.cc
  bool parse_type(ast::TypeExpr& type);
  bool parse_base(ast::BaseType& base);
  bool parse_type_arguments(ast::BaseType& base);
  bool parse_path(std::string_view what, ast::Path& path);
  bool at_stream_keyword() const;

  // ---- literals and annotations: parse_literals.cc
  bool parse_literal(ast::Literal& literal);
  bool parse_list(ast::Literal& literal);
  bool parse_map(ast::Literal& literal);
  bool parse_annotation(ast::Annotation& annotation);
  bool parse_annotation_arguments(ast::Annotation& annotation);
  bool parse_name(std::string_view what, ast::Identifier& name);
  bool parse_string_token(std::string_view what, ast::StringToken& string);
  Prelude parse_prelude();

  // ---- cursor: parser.cc
  void advance();
  bool at(TokenKind kind) const { return current_.is(kind); }
  bool at_word(std::string_view word) const { return current_.is_word(word); }
  bool accept(TokenKind kind);
  bool expect(TokenKind kind);
  // expect(), with words of its own for the message.
  bool expect(TokenKind kind, std::string_view what);
  // Keyword and name: no member, method or value can start like this, so a body must have ended.
  bool at_declaration() const;
  // The span from `begin` to the last token that was taken.
  SourceSpan since(SourceSpan begin) const { return begin.to(previous_); }

  // ---- errors and recovery: parser.cc
  // "expected WHAT, found …"; answers false. nullptr: nothing was reported (see above).
  bool fail(std::string_view what);
  Diagnostic* report_expected(std::string_view what);
  // Where something is missing: behind the previous token if the current one is on a later line.
  SourceSpan gap() const;
  template <std::size_t Count, typename... Args>
  Diagnostic* report(const DiagnosticDef<Count>& def, SourceSpan span, const Args&... args);
  void refuse_prelude(const Prelude& prelude, std::string_view before);
  void refuse_doc(const ast::DocComment& doc);
  void skip_declaration();
  void skip_item(BodyKind body);
  void skip_param();

  // One level of nesting; false when it is too deep (and reported).
  bool enter();
  void leave() { --depth_; }

  Lexer lexer_;
  Diagnostics& diagnostics_;
  ast::File file_;
  Token current_;
  Token ahead_;
  SourceSpan previous_;  // of the last token taken
  bool previous_damaged_ = false;
  bool skipping_ = false;
  std::optional<Prelude> pending_;  // read in a body that had lost its "}"
  uint32_t last_error_ = 0;
  int depth_ = 0;
};

template <std::size_t Count, typename... Args>
Diagnostic* Parser::report(const DiagnosticDef<Count>& def, SourceSpan span, const Args&... args) {
  if (diagnostics_.full() || current_.damaged || previous_damaged_ || span.begin == last_error_) {
    return nullptr;
  }
  last_error_ = span.begin;
  return &diagnostics_.report(def, span, args...);
}

}  // namespace mfidl
