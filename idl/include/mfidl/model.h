// The checked model: everything a generator, the JSON dump, `compat` or `doc` may want to know of a
// .mfidl file and the files it imports. It stands between the front end and the languages: no
// syntax tree, no unresolved name, no unevaluated value and no error is left in it, and no
// language's words have entered it yet.
//
// Ownership: the Model owns files and declarations; all pointers lead into it and stay valid while
// it lives, also when it is moved. Reading it from several threads is safe.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mfidl/source.h"
#include "mfidl/type.h"

namespace mfidl {

enum class Language { kCpp, kPython, kTypeScript, kGo, kRust };
inline constexpr std::array kLanguages = {Language::kCpp, Language::kPython, Language::kTypeScript,
                                          Language::kGo, Language::kRust};

// As in `@targets` and `@name`: "cpp", "python", "js", "go", "rust".
std::string_view language_name(Language language);

// Where something was declared. Line and column count from 1, columns in code points; the span is
// for diagnostics and needs the SourceManager that the file was loaded with.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  SourceSpan span;
};

// `@x.tool.name(…)`: free for other tools, unchecked but for the syntax. Unnamed arguments have an
// empty key.
struct ToolAnnotation {
  std::string name;  // "x.tool.name"
  std::vector<LiteralEntry> arguments;
};

// What everything with a name has.
struct Named {
  std::string name;  // as written in the .mfidl file
  std::string
      doc;  // lines of `///` without the slashes and one blank, joined by '\n'; empty without
  Place place;
  std::optional<std::string> since;       // @since("1.2")
  std::optional<std::string> deprecated;  // @deprecated("use detect"); the text may be empty
  // @name, by Language; empty: the language's habit decides (spelling.h).
  std::array<std::string, kLanguages.size()> names;
  std::vector<ToolAnnotation> tools;
};

struct File;

// What every top-level declaration has.
struct Declaration : Named {
  std::string full_name;       // "acme.vision.Detection"
  const File* file = nullptr;  // the file that declares it; a generator imports that file's output
};

struct Constant : Declaration {
  Type type;  // bool, a number, string, duration or an enum
  Literal value;
};

struct Alias : Declaration {
  Type type;  // flattened; `type.alias` is null
};

struct EnumValue : Named {
  std::variant<std::string, Integer> wire;
};

struct Enum : Declaration {
  std::optional<Kind> base;  // an integer kind, or none: the wire value is a string
  bool open = false;         // unknown values are kept
  std::vector<EnumValue> values;
};

// idl.md, rule 1.
enum class MemberForm {
  kRequired,   // x: T        must be there
  kNullable,   // x: T?       key always written, null when empty; `type.nullable`
  kOptional,   // x?: T       key left out when empty; the type itself is not nullable
  kDefaulted,  // x: T = lit  always written; absent or null takes the default
};

struct Member : Named {
  std::string wire;  // the key in the map
  MemberForm form = MemberForm::kRequired;
  Type type;
  bool boxed = false;  // kNullable and kOptional: C++ writes Boxed<T> for std::optional<T>
  std::optional<Literal> default_value;  // exactly with kDefaulted

  // In C++ both are a std::optional<T>, or a Boxed<T> when `boxed`.
  bool is_optional() const {
    return form == MemberForm::kNullable || form == MemberForm::kOptional;
  }
};

struct Struct : Declaration {
  std::vector<Member> members;
  std::vector<std::string> reserved;  // member names and wire keys that may not come back
  bool strict = false;                // @strict: an unknown key is a decode error
  bool keep_unknown = false;          // @keep_unknown: unknown keys are kept and written again
};

struct Variant : Named {
  std::string tag_value;  // the string under the tag
  const Struct* structure = nullptr;
  bool boxed = false;  // the struct contains the union: C++ holds it behind Boxed<T>
};

struct Union : Declaration {
  std::string tag;  // the key that holds the variant's tag value, inside the struct's map
  bool open = false;
  std::vector<Variant> variants;
};

struct Error : Declaration {
  std::vector<Member> members;
  std::vector<std::string> reserved;
  // The prefixes of an error string (`KeyError: …`) that mean this error: its own name first, then
  // @match.
  std::vector<std::string> match;
};

// idl.md, rule 2.
enum class ParameterForm {
  kRequired,   // p: T        sent always; null when `type.nullable` and empty
  kDefaulted,  // p: T = lit  sent always; a worker fills it in when it is absent
  kOptional,   // p?: T       left out when empty, which shortens the argument list; when
               // `type.nullable` (`p?: T?`)
               //             a hole before a later argument is sent as null, otherwise it is
               //             InvalidArgument
};

struct Parameter : Named {
  std::string wire;  // the key for protocols with named arguments
  ParameterForm form = ParameterForm::kRequired;
  Type type;
  std::optional<Literal> default_value;  // exactly with kDefaulted
};

struct Interface;

// `@example(args = […], result = …)`, checked against the signature.
struct Example {
  std::vector<Literal> arguments;
  std::optional<Literal> result;
};

struct Method : Named {
  std::string wire;  // the function's name on the wire
  const Interface* origin =
      nullptr;  // the interface whose text declares it; a base's for an inherited method
  std::vector<Parameter> parameters;          // without the stream
  std::optional<Parameter> stream_parameter;  // `p: stream T`; its type is T
  std::optional<Type> result;                 // none: what comes back is ignored
  bool stream_result = false;                 // `-> stream T`; `result` is T
  std::vector<const Error*> throws;
  std::optional<std::chrono::nanoseconds> timeout;
  bool idempotent = false;
  std::vector<Example> examples;
};

// @worker(service = "vision", namespace = "default").
struct WorkerBinding {
  std::optional<std::string> service;
  std::string namespace_name = "default";
};

struct Interface : Declaration {
  std::vector<const Interface*> extends;  // as written; the methods are flattened already
  std::vector<Method> methods;  // inherited ones first, base by base; `place` is in `origin->file`
  std::vector<std::string> reserved;  // inherited ones included
  std::optional<WorkerBinding> worker;
  std::string version;  // @version; empty without
  std::vector<Language>
      targets;  // of our runtimes, in the order of Language; all five without @targets
  bool target_published = false;  // and the published v3 packages
  bool positional = false;        // @positional: parameter names are not part of the contract
  std::string fingerprint;        // of what is on the wire; docs/model-json.md
};

using DeclarationRef = std::variant<const Constant*, const Alias*, const Enum*, const Struct*,
                                    const Union*, const Error*, const Interface*>;

struct Import {
  const File* file = nullptr;
  std::string prefix;  // as which the importing file knows it
};

struct File {
  std::string path;       // as it was opened, for messages and depfiles
  std::string root_path;  // under its root, with '/': "common/geo.mfidl"; generated files go to the
                          // same place
  std::string package;    // "acme.vision"
  std::string doc;        // the `///` before `package`
  std::vector<ToolAnnotation> tools;
  std::vector<Import> imports;               // in the order written
  std::vector<DeclarationRef> declarations;  // in the order written
  // The same declarations so that each stands after what it needs in full; ties keep the order
  // written. Recursive types cannot all come first: those that are mentioned (in a list, map,
  // Boxed, or a union) before they are defined stand in `forward`, in the same order, and need a
  // forward declaration.
  std::vector<DeclarationRef> definition_order;
  std::vector<DeclarationRef> forward;
};

class Model {
 public:
  // Imported files stand before the files that import them; the file that was asked for is the
  // last.
  std::vector<std::unique_ptr<File>> files;

  std::vector<std::unique_ptr<Constant>> constants;
  std::vector<std::unique_ptr<Alias>> aliases;
  std::vector<std::unique_ptr<Enum>> enums;
  std::vector<std::unique_ptr<Struct>> structs;
  std::vector<std::unique_ptr<Union>> unions;
  std::vector<std::unique_ptr<Error>> errors;
  std::vector<std::unique_ptr<Interface>> interfaces;

  const File& main() const { return *files.back(); }
};

// What a DeclarationRef refers to, as what all declarations have in common.
const Declaration& declaration(const DeclarationRef& ref);

}  // namespace mfidl
