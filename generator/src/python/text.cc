#include "python/text.h"

#include <variant>

#include "python/names.h"

namespace mfgen::python {
namespace {

// Safe between triple quotes: no backslash counts, and no quote can join the closing ones.
std::string escaped(std::string_view doc) {
  std::string text;
  for (const char character : doc) {
    const bool third_quote = character == '"' && text.size() >= 2 && text.ends_with("\"\"");
    if (character == '\\' || third_quote) text += '\\';
    text += character;
  }
  if (text.ends_with('"')) text.insert(text.size() - 1, "\\");
  return text;
}

List lines_of(std::string_view text) {
  List lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

std::string full_doc(const mfidl::Named& named) {
  std::string doc = named.doc;
  const auto add = [&doc](const std::string& line) { doc += (doc.empty() ? "" : "\n") + line; };
  if (named.since) add("Since " + *named.since + ".");
  if (named.deprecated) {
    add(named.deprecated->empty() ? "Deprecated." : "Deprecated: " + *named.deprecated + ".");
  }
  return doc;
}

bool is_list(const mfidl::Literal& value) {
  return std::holds_alternative<mfidl::LiteralList>(value.value);
}

bool is_map(const mfidl::Literal& value) {
  return std::holds_alternative<mfidl::LiteralMap>(value.value);
}

std::string form_arguments(const mfidl::Member& member, const Types& types) {
  switch (member.form) {
    case mfidl::MemberForm::kRequired:
      return "";
    case mfidl::MemberForm::kNullable:
      return ", \"nullable\"";
    case mfidl::MemberForm::kOptional:
      return ", \"omitted\"";
    case mfidl::MemberForm::kDefaulted:
      break;
  }
  return ", \"default\", default=" + shared_default(*member.default_value, member.type, types);
}

}  // namespace

List docstring_lines(std::string_view doc) { return lines_of(escaped(doc)); }

List docstring_lines(const mfidl::Named& named) { return docstring_lines(full_doc(named)); }

List comment_lines(const mfidl::Named& named) { return lines_of(full_doc(named)); }

bool is_container(const mfidl::Literal& value) { return is_list(value) || is_map(value); }

std::string dataclass_default(const mfidl::Member& member, const Types& types) {
  switch (member.form) {
    case mfidl::MemberForm::kRequired:
      return "";
    case mfidl::MemberForm::kNullable:
    case mfidl::MemberForm::kOptional:
      return " = None";
    case mfidl::MemberForm::kDefaulted:
      break;
  }
  const mfidl::Literal& value = *member.default_value;
  if (is_list(value)) return " = _field(default_factory=list)";
  if (is_map(value)) return " = _field(default_factory=dict)";
  return " = " + types.literal(value, member.type);
}

std::string field_codec(const mfidl::Member& member, const std::string& name, const Types& types) {
  // "nullable" and "omitted" say already that None may stand there.
  mfidl::Type inner = member.type;
  inner.nullable = false;
  std::string text =
      "_mf.Field(" + quoted(name) + ", " + types.codec(inner) + form_arguments(member, types);
  if (member.wire != name) text += ", key=" + quoted(member.wire);
  return text + ")";
}

std::string shared_default(const mfidl::Literal& value, const mfidl::Type& type,
                           const Types& types) {
  if (is_list(value)) return "list";
  if (is_map(value)) return "dict";
  return types.literal(value, type);
}

std::string upper_case(std::string_view text) {
  std::string result(text);
  for (char& character : result) {
    if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 'a' + 'A');
  }
  return result;
}

}  // namespace mfgen::python
