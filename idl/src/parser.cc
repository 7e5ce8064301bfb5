// The file as a whole, the cursor, and how errors are reported and survived.
#include "parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "diagnostic_table.h"
#include "suggest.h"

namespace mfidl {
namespace {

constexpr std::array<std::string_view, 7> kDeclarationWords{"const", "type",  "enum",     "struct",
                                                            "union", "error", "interface"};

bool is_declaration_word(std::string_view word) {
  return std::find(kDeclarationWords.begin(), kDeclarationWords.end(), word) !=
         kDeclarationWords.end();
}

}  // namespace

ast::File parse_file(const SourceFile& source, Diagnostics& diagnostics) {
  return Parser(source, diagnostics).parse();
}

Parser::Parser(const SourceFile& source, Diagnostics& diagnostics)
    : lexer_(source, diagnostics), diagnostics_(diagnostics) {
  file_.source = &source;
  current_ = lexer_.next();
  ahead_ = lexer_.next();
}

// ---- file ---------------------------------------------------------------------------------------

// file = {annot} "package" path ";" {import} {{annot} decl} EOF
ast::File Parser::parse() {
  parse_package(parse_prelude());
  while (pending_ || !at(TokenKind::kEnd) || current_.doc.span.valid()) {
    const uint32_t before = current_.span.begin;
    Prelude prelude = pending_ ? *std::exchange(pending_, std::nullopt) : parse_prelude();
    parse_top_level(std::move(prelude));
    if (!pending_ && current_.span.begin == before) advance();
  }
  return std::move(file_);
}

void Parser::parse_package(Prelude prelude) {
  if (at_word("package")) {
    file_.doc = std::move(prelude.doc);
    file_.annotations = std::move(prelude.annotations);
    advance();
    if (!parse_path("the package's name", file_.package) || !finish_item("'.' or ';'")) {
      skip_declaration();
    }
    return;
  }
  Diagnostic* diagnostic = report(diag::kMissingPackage, current_.span, describe(current_));
  if (diagnostic != nullptr) diagnostic->help("write 'package acme.vision;' first");
  // A misspelt "package", or its name alone, is no declaration; anything else is looked at again.
  const bool is_import = at_word("import") && ahead_.is(TokenKind::kString);
  if (at(TokenKind::kIdentifier) && !at_declaration() && !is_import) {
    skip_declaration();
  } else {
    pending_ = std::move(prelude);
  }
}

void Parser::parse_top_level(Prelude prelude) {
  if (at(TokenKind::kEnd)) {
    refuse_prelude(prelude, "the end of the file");
  } else if (at_word("import")) {
    refuse_prelude(prelude, "an import");
    if (!file_.declarations.empty()) report(diag::kLateImport, current_.span);
    if (!parse_import()) skip_declaration();
  } else if (at_word("package") && ahead_.is(TokenKind::kIdentifier)) {
    report(diag::kMisplacedPackage, current_.span);
    skip_declaration();
  } else if (!parse_declaration(prelude)) {
    if (!pending_) skip_declaration();
  }
}

// import = "import" STRING ["as" ID] ";"
bool Parser::parse_import() {
  ast::Import node;
  const SourceSpan begin = current_.span;
  advance();
  if (!parse_string_token("the path of a file, as \"common/geo.mfidl\"", node.path)) return false;
  if (at_word("as")) {
    advance();
    if (!parse_name("a name for the import", node.alias.emplace())) return false;
  }
  const bool finished = expect(TokenKind::kSemicolon, node.alias ? "';'" : "'as' or ';'");
  node.span = since(begin);
  file_.imports.push_back(std::move(node));
  return finished || current_.starts_line;
}

// ---- cursor -------------------------------------------------------------------------------------

void Parser::advance() {
  if (!skipping_) refuse_doc(current_.doc);
  if (at(TokenKind::kEnd)) return;
  previous_ = current_.span;
  previous_damaged_ = current_.damaged;
  current_ = std::move(ahead_);
  ahead_ = lexer_.next();
  // Enough has been said: the rest of the file is as good as not there.
  if (diagnostics_.full()) current_.kind = ahead_.kind = TokenKind::kEnd;
}

bool Parser::accept(TokenKind kind) {
  if (!at(kind)) return false;
  advance();
  return true;
}

bool Parser::expect(TokenKind kind) { return expect(kind, token_kind_name(kind)); }

bool Parser::expect(TokenKind kind, std::string_view what) { return accept(kind) || fail(what); }

bool Parser::at_declaration() const {
  if (!at(TokenKind::kIdentifier) || !ahead_.is(TokenKind::kIdentifier)) return false;
  if (current_.text == "open") return ahead_.text == "enum" || ahead_.text == "union";
  return is_declaration_word(current_.text);
}

bool Parser::enter() {
  if (++depth_ <= kMaxNesting) return true;
  report(diag::kNestingTooDeep, current_.span, kMaxNesting);
  leave();
  return false;
}

// ---- errors -------------------------------------------------------------------------------------

SourceSpan Parser::gap() const {
  const bool elsewhere = current_.starts_line || at(TokenKind::kEnd);
  if (elsewhere && previous_.valid()) return {previous_.end, previous_.end};
  return current_.span;
}

Diagnostic* Parser::report_expected(std::string_view what) {
  return report(diag::kExpected, gap(), what, describe(current_));
}

bool Parser::fail(std::string_view what) {
  report_expected(what);
  return false;
}

void Parser::refuse_prelude(const Prelude& prelude, std::string_view before) {
  if (!prelude.annotations.empty()) {
    report(diag::kStrayAnnotation, prelude.annotations.front().span, before);
  }
  refuse_doc(prelude.doc);
}

void Parser::refuse_doc(const ast::DocComment& doc) {
  if (!doc.span.valid()) return;
  diagnostics_.report(diag::kStrayDocComment, doc.span)
      .help("put it before a declaration, member, value, method or parameter, or write '//'");
}

// ---- recovery -----------------------------------------------------------------------------------

// To the next declaration: behind ";" or a closed body, or before a keyword with its name.
void Parser::skip_declaration() {
  skipping_ = true;
  int braces = 0;
  for (; !at(TokenKind::kEnd); advance()) {
    const bool outside = braces == 0 || current_.starts_line;
    if (outside && at_declaration()) break;
    if (braces == 0 && current_.starts_line &&
        (at(TokenKind::kAt) || (at_word("import") && ahead_.is(TokenKind::kString)))) {
      break;
    }
    if (at(TokenKind::kOpenBrace)) ++braces;
    if (at(TokenKind::kCloseBrace)) --braces;
    const bool ended = at(TokenKind::kSemicolon) || at(TokenKind::kCloseBrace);
    if (ended && braces <= 0) {
      const bool body = at(TokenKind::kCloseBrace);
      advance();
      if (body) accept(TokenKind::kSemicolon);
      break;
    }
  }
  skipping_ = false;
}

// To the next item of a body: behind its separator, before the body's "}", or before something at
// the start of a line that looks like an item.
void Parser::skip_item(BodyKind body) {
  skipping_ = true;
  int braces = 0;
  int parens = 0;
  for (; !at(TokenKind::kEnd); advance()) {
    if (current_.starts_line && at_declaration()) break;
    if (braces == 0) {
      if (at(TokenKind::kCloseBrace)) break;
      const bool separator = at(TokenKind::kSemicolon) ||
                             (body == BodyKind::kValues && parens <= 0 && at(TokenKind::kComma));
      if (separator) {
        advance();
        break;
      }
      const bool named = body == BodyKind::kMethods
                             ? ahead_.is(TokenKind::kOpenParen)
                             : ahead_.is(TokenKind::kColon) || ahead_.is(TokenKind::kQuestion);
      const bool item = at(TokenKind::kIdentifier) && named;
      if (current_.starts_line && (item || at(TokenKind::kAt))) break;
    }
    if (at(TokenKind::kOpenBrace)) ++braces;
    if (at(TokenKind::kCloseBrace)) --braces;
    if (at(TokenKind::kOpenParen)) ++parens;
    if (at(TokenKind::kCloseParen)) --parens;
  }
  skipping_ = false;
}

// To the "," or ")" that ends a parameter, or to where the method must have ended.
void Parser::skip_param() {
  skipping_ = true;
  int nested = 0;
  for (; !at(TokenKind::kEnd); advance()) {
    if (at(TokenKind::kSemicolon) || at(TokenKind::kOpenBrace) || at(TokenKind::kCloseBrace)) break;
    if (current_.starts_line && at_declaration()) break;
    const bool closes = at(TokenKind::kCloseParen) || at(TokenKind::kGreater);
    if (nested <= 0 && (at(TokenKind::kComma) || at(TokenKind::kCloseParen))) break;
    if (at(TokenKind::kOpenParen) || at(TokenKind::kLess)) ++nested;
    if (closes) --nested;
  }
  skipping_ = false;
}

}  // namespace mfidl
