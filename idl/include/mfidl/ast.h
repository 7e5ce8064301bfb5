// The syntax tree: exactly what the grammar of docs/language.md can say, and nothing more.
//
// The parser writes it, the semantic phases read it; it knows no types and no names beyond their
// spelling. Every node carries its span. Names are views into the source text, so the
// SourceManager must outlive the tree. Nodes are plain values in vectors: no node points at
// another, and dropping the File drops everything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mfidl/source.h"

namespace mfidl::ast {

struct Identifier {
  std::string_view text;
  SourceSpan span;
};

// ID {"." ID}; at least one part.
struct Path {
  std::vector<Identifier> parts;
  SourceSpan span;

  bool is_simple() const { return parts.size() == 1; }
  const Identifier& last() const { return parts.back(); }
  // "geo.Rect"
  std::string str() const;
};

// The lines of a `///` block without the slashes and one following space, joined by '\n'.
struct DocComment {
  std::string text;
  SourceSpan span;

  bool empty() const { return text.empty(); }
};

// ---- literals -----------------------------------------------------------------------------------

struct Literal;

// -2^63 … 2^64 - 1; the lexer refuses anything beyond. -0 is {false, 0}.
struct IntLiteral {
  bool negative = false;
  uint64_t magnitude = 0;
};
// Finite.
struct FloatLiteral {
  double value = 0;
};
// Unescaped, valid UTF-8.
struct StringLiteral {
  std::string value;
};
// An exact number of nanoseconds; the lexer refuses what does not fit.
struct DurationLiteral {
  int64_t nanoseconds = 0;
};
// A name: an enum value, a constant, true, false or null.
struct PathLiteral {
  Path path;
};
struct ListLiteral {
  std::vector<Literal> items;
};
struct MapEntry;
struct MapLiteral {
  std::vector<MapEntry> entries;
};

struct Literal {
  std::variant<IntLiteral, FloatLiteral, StringLiteral, DurationLiteral, PathLiteral, ListLiteral,
               MapLiteral>
      value;
  SourceSpan span;

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&value);
  }
};

struct MapEntry {
  // Written as an identifier or as a string; which one is not kept.
  std::string key;
  SourceSpan key_span;
  Literal value;
};

// A string where the grammar wants one: import path, tag, reserved name.
struct StringToken {
  std::string value;
  SourceSpan span;
};

// ---- annotations --------------------------------------------------------------------------------

struct AnnotationArgument {
  std::optional<Identifier> name;  // name = value
  Literal value;
  SourceSpan span;
};

// "@" path ["(" … ")"]; the span includes the "@".
struct Annotation {
  Path name;
  std::vector<AnnotationArgument> arguments;
  SourceSpan span;
};

// ---- types --------------------------------------------------------------------------------------

struct TypeExpr;

enum class BaseKind { kNamed, kList, kMap, kTuple };

// One alternative of a type: a name, or list/map/tuple with arguments, and its "?".
struct BaseType {
  BaseKind kind = BaseKind::kNamed;
  Path name;                        // kNamed: built-in or declared, not yet resolved
  std::vector<TypeExpr> arguments;  // kList 1, kMap 2, kTuple >= 1
  bool nullable = false;
  SourceSpan question;  // of the "?"
  SourceSpan span;      // with the "?"
};

struct TypeExpr {
  bool is_stream = false;
  SourceSpan stream_keyword;
  std::vector<BaseType> alternatives;  // >= 1; more than one is an inline union
  SourceSpan span;
};

// ---- declarations -------------------------------------------------------------------------------

// What every declared thing has. `span` runs from its first keyword or name (annotations and doc
// comment not included) to its end.
struct Declared {
  DocComment doc;
  std::vector<Annotation> annotations;
  Identifier name;
  SourceSpan span;
};

// reserved "a", "b";
struct Reserved {
  std::vector<StringToken> names;
  SourceSpan span;
};

// A member of a struct or error, or a parameter: ID ["?"] ":" type ["=" literal].
struct Member : Declared {
  bool optional = false;  // the "?" after the name
  SourceSpan optional_mark;
  TypeExpr type;
  std::optional<Literal> default_value;
};

struct ConstDecl : Declared {
  TypeExpr type;
  Literal value;
};

struct AliasDecl : Declared {
  TypeExpr type;
};

struct EnumValue : Declared {
  std::optional<Literal> value;
};

struct EnumDecl : Declared {
  bool open = false;
  std::optional<Identifier> base;
  std::vector<EnumValue> values;
};

struct StructDecl : Declared {
  std::vector<Member> members;
  std::vector<Reserved> reserved;
};

struct UnionMember : Declared {
  TypeExpr type;
  std::optional<StringToken> tag_value;
};

struct UnionDecl : Declared {
  bool open = false;
  StringToken tag;
  std::vector<UnionMember> members;
};

struct ErrorDecl : Declared {
  std::vector<Member> members;
  std::vector<Reserved> reserved;
};

struct Method : Declared {
  std::vector<Member> params;
  std::optional<TypeExpr> result;
  std::vector<Path> throws;
};

struct InterfaceDecl : Declared {
  std::vector<Path> extends;
  std::vector<Method> methods;
  std::vector<Reserved> reserved;
};

using Declaration =
    std::variant<ConstDecl, AliasDecl, EnumDecl, StructDecl, UnionDecl, ErrorDecl, InterfaceDecl>;

// The part that all alternatives share.
inline const Declared& declared(const Declaration& declaration) {
  return std::visit([](const auto& d) -> const Declared& { return d; }, declaration);
}

struct Import {
  StringToken path;
  std::optional<Identifier> alias;
  SourceSpan span;
};

struct File {
  const SourceFile* source = nullptr;
  DocComment doc;  // of the package declaration
  std::vector<Annotation> annotations;
  Path package;  // without parts when the file has no package declaration (already reported)
  std::vector<Import> imports;
  std::vector<Declaration> declarations;  // in the order of the text
};

}  // namespace mfidl::ast
