#include "template/parser.h"

#include <utility>
#include <vector>

#include "template/pieces.h"
#include "template/tag_reader.h"

namespace mfgen {

namespace {

class Parser {
 public:
  Parser(const std::vector<Piece>& pieces, std::string_view origin)
      : pieces_(pieces), origin_(origin) {}

  // template = {text | print | break | each | if | partial}
  bool parse(Nodes& out) {
    if (!parse_nodes(out, 0)) {
      return false;
    }
    if (position_ < pieces_.size()) {
      const Piece& stray = pieces_[position_];
      return fail(stray.place, "'{{" + std::string(stray.text) + "}}' without an open block");
    }
    return true;
  }

  Failure failure() && { return Failure{std::move(failure_)}; }

 private:
  static constexpr int kMaxDepth = 64;

  bool fail(Place place, std::string_view message) {
    failure_ = template_error(origin_, place, message);
    return false;
  }

  // Up to the tag that ends the block, which is left to the caller.
  bool parse_nodes(Nodes& out, int depth) {
    if (depth > kMaxDepth) {
      return fail(pieces_[position_ - 1].place, "blocks nest deeper than 64");
    }
    for (; position_ < pieces_.size(); ++position_) {
      const Piece& piece = pieces_[position_];
      if (piece.kind == Piece::Kind::kText) {
        out.push_back(Node{Text{piece.text}});
        continue;
      }
      TagReader tag(piece.text, piece.place);
      bool good = true;
      if (piece.kind == Piece::Kind::kPartial) {
        good = parse_partial(tag, piece, out);
      } else if (tag.accept("#each")) {
        good = parse_each(tag, piece, depth, out);
      } else if (tag.accept("#if")) {
        good = parse_if(tag, piece, depth, out);
      } else if (tag.accept("/") || tag.accept("else")) {
        return true;
      } else if (tag.accept("#")) {
        return fail(piece.place,
                    "unknown block '" + std::string(piece.text) + "'; there are #each and #if");
      } else {
        good = parse_print(tag, out);
      }
      if (!good) {
        return false;
      }
    }
    return true;
  }

  bool expect_end(TagReader& tag) {
    return tag.at_end() || fail(tag.place(), "unexpected text in a tag");
  }

  bool parse_path(TagReader& tag, Path& out) {
    const Place place = tag.place();
    auto path = tag.path();
    if (!path) {
      return fail(place, "a name is missing");
    }
    out = std::move(*path);
    return true;
  }

  // print = "{{" (path | "_" | STRING) "}}"
  bool parse_print(TagReader& tag, Nodes& out) {
    if (tag.accept("_")) {
      out.push_back(Node{Break{}});
      return expect_end(tag);
    }
    if (auto text = tag.quoted()) {
      out.push_back(Node{Quoted{std::move(*text)}});
      return expect_end(tag);
    }
    Print print;
    if (!parse_path(tag, print.path)) {
      return false;
    }
    out.push_back(Node{std::move(print)});
    return expect_end(tag);
  }

  // each = "{{#each" path "as" NAME [("sep" | "fill") STRING] "}}" nodes ["{{else}}" nodes]
  // "{{/each}}"
  bool parse_each(TagReader& tag, const Piece& open, int depth, Nodes& out) {
    Each each;
    if (!parse_path(tag, each.list)) {
      return false;
    }
    if (!tag.accept("as")) {
      return fail(tag.place(), "expected 'as NAME'");
    }
    const auto name = tag.name();
    if (!name) {
      return fail(tag.place(), "expected a name after 'as'");
    }
    each.name = *name;
    each.separator_breaks = tag.accept("fill");
    if (each.separator_breaks || tag.accept("sep")) {
      auto text = tag.quoted();
      if (!text) {
        return fail(tag.place(), "expected a separator in quotes");
      }
      if (each.separator_breaks && !text->ends_with(' ')) {
        return fail(tag.place(), "a 'fill' separator ends with the space that may break");
      }
      each.separator = std::move(*text);
    }
    if (!expect_end(tag) || !parse_block(open, "each", depth, each.body, each.otherwise)) {
      return false;
    }
    out.push_back(Node{std::move(each)});
    return true;
  }

  // if = "{{#if" condition "}}" nodes {"{{else if" condition "}}" nodes} ["{{else}}" nodes]
  // "{{/if}}" condition = ["not"] path | path "==" STRING
  bool parse_if(TagReader& tag, const Piece& open, int depth, Nodes& out) {
    If branch;
    branch.negated = tag.accept("not");
    if (!parse_path(tag, branch.subject)) {
      return false;
    }
    if (!branch.negated && tag.accept("==")) {
      auto text = tag.quoted();
      if (!text) {
        return fail(tag.place(), "expected text in quotes after '=='");
      }
      branch.compared = true;
      branch.literal = std::move(*text);
    }
    if (!expect_end(tag) || !parse_block(open, "if", depth, branch.body, branch.otherwise)) {
      return false;
    }
    out.push_back(Node{std::move(branch)});
    return true;
  }

  // What follows an opening tag: the body, an else part, and the closing tag, on which
  // `position_` is left.
  bool parse_block(const Piece& open, std::string_view word, int depth, Nodes& body,
                   Nodes& otherwise) {
    ++position_;
    if (!parse_nodes(body, depth + 1)) {
      return false;
    }
    if (position_ < pieces_.size()) {
      const Piece& piece = pieces_[position_];
      TagReader tag(piece.text, piece.place);
      if (tag.accept("else")) {
        if (word == "if" && tag.accept("if")) {
          return parse_if(tag, open, depth, otherwise);
        }
        ++position_;
        if (!expect_end(tag) || !parse_nodes(otherwise, depth + 1)) {
          return false;
        }
      }
    }
    return expect_close(open, word);
  }

  bool expect_close(const Piece& open, std::string_view word) {
    const std::string close = "{{/" + std::string(word) + "}}";
    if (position_ == pieces_.size()) {
      return fail(open.place,
                  "'{{" + std::string(open.text) + "}}' is never closed by '" + close + "'");
    }
    const Piece& piece = pieces_[position_];
    TagReader tag(piece.text, piece.place);
    if (!tag.accept("/") || !tag.accept(word) || !tag.at_end()) {
      return fail(piece.place, "expected '" + close + "' for the block of line " +
                                   std::to_string(open.place.line) + ", got '{{" +
                                   std::string(piece.text) + "}}'");
    }
    return true;
  }

  // partial = "{{>" NAME{/NAME} {NAME ["=" (path | STRING)]} "}}"
  bool parse_partial(TagReader& tag, const Piece& piece, Nodes& out) {
    tag.accept(">");
    Partial partial;
    partial.place = tag.place();
    partial.indent = piece.indent;
    const auto name = tag.partial_name();
    if (!name) {
      return fail(partial.place, "expected the name of a partial");
    }
    partial.name = *name;
    while (!tag.at_end()) {
      Argument argument;
      const Place place = tag.place();
      const auto argument_name = tag.name();
      if (!argument_name) {
        return fail(place, "expected NAME or NAME=VALUE");
      }
      argument.name = *argument_name;
      if (tag.accept("=")) {
        if (!parse_value(tag, argument.value)) {
          return false;
        }
      } else {
        argument.value = Path{{Step{*argument_name, place}}};
      }
      partial.arguments.push_back(std::move(argument));
    }
    out.push_back(Node{std::move(partial)});
    return true;
  }

  bool parse_value(TagReader& tag, std::variant<Path, Value>& out) {
    if (auto text = tag.quoted()) {
      out = Value(std::move(*text));
      return true;
    }
    return parse_path(tag, out.emplace<Path>());
  }

  const std::vector<Piece>& pieces_;
  std::string_view origin_;
  std::size_t position_ = 0;
  std::string failure_;
};

}  // namespace

Outcome<Template> parse_template(std::string name, std::string origin, std::string source) {
  Template result;
  result.name = std::move(name);
  result.origin = std::move(origin);
  result.source = std::make_unique<const std::string>(std::move(source));
  const auto pieces = cut_into_pieces(*result.source, result.origin);
  if (!pieces.ok()) {
    return pieces.failure();
  }
  Parser parser(pieces.value(), result.origin);
  if (!parser.parse(result.nodes)) {
    return std::move(parser).failure();
  }
  return result;
}

}  // namespace mfgen
