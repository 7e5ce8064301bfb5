// The bodies of declarations: "{", items one after the other, "}". A template because each kind of
// body has its own items; included by the two files that parse bodies.
#pragma once

#include "parser.h"

namespace mfidl {

template <typename ParseItem>
bool Parser::parse_body(BodyKind body, std::string_view kind, ast::Declared& node,
                        ParseItem parse_item) {
  const SourceSpan opened = current_.span;
  if (!open_body(body)) return false;
  while (true) {
    const uint32_t before = current_.span.begin;
    Prelude prelude = parse_prelude();
    if (at_declaration() || at(TokenKind::kEnd)) {
      report_missing_close(kind, node, prelude.before, opened);
      pending_ = std::move(prelude);
      return false;
    }
    if (at(TokenKind::kCloseBrace)) {
      refuse_prelude(prelude, "'}'");
      advance();
      return true;
    }
    if (!parse_item(prelude)) {
      skip_item(body);
      if (current_.span.begin == before) advance();
    }
  }
}

// "{" {member | reserved} "}" of a struct or an error
template <typename Node>
bool Parser::parse_fields(std::string_view kind, Node& node) {
  return parse_body(BodyKind::kFields, kind, node, [&](Prelude& item) {
    if (at_reserved()) return parse_reserved(item, node.reserved);
    ast::Member member;
    const bool understood = parse_field(item, "member", member) && finish_item();
    if (!member.name.text.empty()) node.members.push_back(std::move(member));
    return understood;
  });
}

}  // namespace mfidl
