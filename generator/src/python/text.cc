#include "python/text.h"

#include <variant>

#include "python/names.h"

namespace mfgen::python {
namespace {

std::string escaped(std::string_view line) {
  std::string text;
  for (const char character : line) {
    if (character == '\\' || character == '"') text += '\\';
    text += character;
  }
  return text;
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

List text_lines(std::string_view doc) {
  List lines;
  while (!doc.empty()) {
    const std::size_t end = doc.find('\n');
    lines.push_back(escaped(doc.substr(0, end)));
    doc = end == std::string_view::npos ? std::string_view() : doc.substr(end + 1);
  }
  return lines;
}

List doc_lines(const mfidl::Named& named) {
  List lines = text_lines(named.doc);
  if (named.since) lines.push_back("Since " + escaped(*named.since) + ".");
  if (named.deprecated) {
    lines.push_back(named.deprecated->empty() ? "Deprecated."
                                              : "Deprecated: " + escaped(*named.deprecated) + ".");
  }
  return lines;
}

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

std::string field_codec(const mfidl::Member& member, const Types& types) {
  const std::string name = member_name(member);
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
