#include "cpp/declarations.h"

#include "cpp/literal.h"

namespace mfgen::cpp {

namespace {

using mfidl::Kind;
using mfidl::MemberForm;

Object constant_view(const mfidl::Constant& constant, Scope scope) {
  Object view;
  view.add("kind", "constant");
  describe(constant, declaration_name(constant), view);
  scope.includes.type(constant.type);
  std::string type = scope.types.value(constant.type);
  std::string qualifier = "constexpr";
  if (constant.type.kind == Kind::kString) {
    type = "std::string_view";
    scope.includes.standard("string_view");
  } else if (constant.type.kind == Kind::kEnum && constant.type.enumeration->open &&
             !constant.type.enumeration->base) {
    qualifier = "const";  // it may own text
  }
  view.add("qualifier", std::move(qualifier));
  view.add("type", std::move(type));
  view.add("value", literal(constant.value, constant.type, scope.types));
  return view;
}

Object alias_view(const mfidl::Alias& alias, Scope scope) {
  Object view;
  view.add("kind", "alias");
  describe(alias, declaration_name(alias), view);
  scope.includes.type(alias.type);
  view.add("type", scope.types.value(alias.type));
  return view;
}

Object enum_view(const mfidl::Enum& declared, Scope scope) {
  Object view;
  view.add("kind", "enum");
  describe(declared, declaration_name(declared), view);
  view.add("open", declared.open);
  view.add("numbered", declared.base.has_value());
  view.add("is_unsigned", declared.base == Kind::kU64);
  scope.includes.standard("string_view");
  std::string base;
  std::string codec;
  if (declared.base) {
    scope.includes.standard("cstdint");
    mfidl::Type type;
    type.kind = *declared.base;
    base = scope.types.value(type);
    codec = scope.types.codec(type);
  } else if (declared.open) {
    scope.includes.standard("string");
  }
  if (declared.open) {
    scope.types.uses_codec_header("key.h");
  }
  view.add("label", quoted(declared.name));
  view.add("raw_type", declared.base ? base : "std::string");
  view.add("base_codec", declared.base ? codec : "codec::String");
  view.add("key_codec", declared.base ? "codec::IntKey<" + codec + '>' : "codec::StringKey");
  view.add("base", std::move(base));
  const std::string name = declaration_name(declared);
  view.add("parameter", declared.open && !declared.base ? "const " + name + '&' : name);
  view.add("first", scope.types.names().enum_value(declared, declared.values.front()));
  List values;
  for (const mfidl::EnumValue& value : declared.values) {
    Object item;
    describe(value, scope.types.names().enum_value(declared, value), item);
    std::string number;
    std::string table_number;
    std::string wire = value.name;
    if (const auto* integer = std::get_if<mfidl::Integer>(&value.wire)) {
      number = mfgen::cpp::number(*integer, *declared.base);
      table_number =
          declared.base == Kind::kU64 ? "static_cast<std::int64_t>(" + number + ")" : number;
    } else {
      wire = std::get<std::string>(value.wire);
    }
    item.add("number", std::move(number));
    item.add("table_number", std::move(table_number));
    item.add("wire", quoted(wire));
    values.emplace_back(std::move(item));
  }
  view.add("values", std::move(values));
  return view;
}

bool mentions_incomplete(const mfidl::Type& type, const Scope& scope) {
  if (scope.incomplete.contains(type.structure) || scope.incomplete.contains(type.tagged_union)) {
    return true;
  }
  for (const mfidl::Type& argument : type.arguments) {
    if (mentions_incomplete(argument, scope)) {
      return true;
    }
  }
  return false;
}

// " = value" in the declaration of a member. Nothing for containers of types that are not defined
// yet: the initialiser would need them whole.
std::string initializer(const mfidl::Member& member, const Scope& scope) {
  if (mentions_incomplete(member.type, scope)) {
    return {};
  }
  if (member.default_value) {
    return " = " + literal(*member.default_value, member.type, scope.types);
  }
  if (member.is_optional()) {
    return member.boxed ? " = {}" : " = std::nullopt";
  }
  switch (member.type.kind) {
    case Kind::kBool:
      return " = false";
    case Kind::kF32:
    case Kind::kF64:
      return " = 0.0";
    case Kind::kEnum:
      // A closed enum of numbers may have no value 0: the first one stands in.
      return " = " + literal({&member.type.enumeration->values.front()}, member.type, scope.types);
    default:
      return mfidl::is_integer(member.type.kind) ? " = 0" : " = {}";
  }
}

std::string member_name(const mfidl::Member& member, const std::string& taken, Scope scope) {
  std::string name = scope.types.names().member(member);
  return name == taken ? name + '_' : name;
}

Object member_view(const mfidl::Member& member, const std::string& name, Scope scope) {
  Object view;
  describe(member, name, view);
  // Both optional forms are one in C++; the type itself is nullable in only one of them.
  mfidl::Type held = member.type;
  held.nullable = held.nullable || member.form == MemberForm::kOptional;
  held.boxed = held.boxed || member.boxed;
  scope.includes.type(held);
  view.add("type", scope.types.value(held));
  view.add("initializer", initializer(member, scope));
  view.add("wire", quoted(member.wire));
  view.add("left_out", member.form == MemberForm::kOptional);
  view.add("required", member.form == MemberForm::kRequired);
  view.add("defaulted", member.form == MemberForm::kDefaulted);
  view.add("read_codec", scope.types.codec(held));
  view.add("write_codec", member.form == MemberForm::kOptional
                              ? scope.types.codec_of_value(member.type)
                              : scope.types.codec(held));
  return view;
}

// What == compares. Strings and lists have a function for it (multifrost/equal.h).
Object field_view(const std::string& name, const mfidl::Member* member) {
  const bool own = member != nullptr && !member->is_optional() && !member->boxed &&
                   !member->type.nullable && !member->type.boxed &&
                   (member->type.kind == Kind::kString || member->type.kind == Kind::kList);
  Object view;
  view.add("name", name);
  view.add("by_function", own);
  return view;
}

// "members" and what the functions that read and write them need.
void add_members(const std::vector<mfidl::Member>& members, bool keep_unknown, bool strict,
                 Scope scope, Object& view) {
  const std::string unknown_fields = keep_unknown ? "unknown_fields" : "";
  List items;
  List fields;  // all that two equal values share
  std::size_t always = 0;
  std::string sometimes;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::string name = member_name(members[i], unknown_fields, scope);
    Object item = member_view(members[i], name, scope);
    item.add("index", Value(static_cast<std::int64_t>(i)));
    items.emplace_back(std::move(item));
    fields.emplace_back(field_view(name, &members[i]));
    if (members[i].form == MemberForm::kOptional) {
      sometimes += " + (value." + name + " ? 1u : 0u)";
    } else {
      ++always;
    }
  }
  if (keep_unknown) {
    scope.includes.runtime("value.h");
    fields.emplace_back(field_view(unknown_fields, nullptr));
    sometimes += " + value.unknown_fields.size()";
  }
  view.add("members", std::move(items));
  view.add("fields", std::move(fields));
  view.add("entry_count", std::to_string(always) + (sometimes.empty() ? "" : "u") + sometimes);
  view.add("keep_unknown", keep_unknown);
  view.add("strict", strict);
}

Object struct_view(const mfidl::Struct& declared, Scope scope) {
  Object view;
  view.add("kind", "struct");
  std::string name = declaration_name(declared);
  view.add("table", name);
  view.add("label", quoted(declared.name));
  describe(declared, std::move(name), view);
  add_members(declared.members, declared.keep_unknown, declared.strict, scope, view);
  return view;
}

Object error_view(const mfidl::Error& declared, Scope scope) {
  Object view;
  view.add("kind", "error");
  std::string name = declaration_name(declared);
  view.add("table", name);
  view.add("label", quoted(declared.name));
  view.add("details", name + "::Details");
  describe(declared, std::move(name), view);
  view.add("full_name", quoted(declared.full_name));
  List foreign;
  for (const std::string& prefix : declared.match) {
    if (prefix != declared.name) {
      foreign.emplace_back(quoted(prefix));
    }
  }
  view.add("matches", std::move(foreign));
  scope.includes.runtime("error.h");
  scope.includes.standard("string_view");
  if (!declared.members.empty()) {
    scope.includes.standard("optional");
  }
  add_members(declared.members, false, false, scope, view);
  return view;
}

Object union_view(const mfidl::Union& declared, Scope scope) {
  Object view;
  view.add("kind", "union");
  describe(declared, declaration_name(declared), view);
  view.add("label", quoted(declared.name));
  view.add("tag", quoted(declared.tag));
  view.add("open", declared.open);
  scope.includes.standard("variant");
  if (declared.open) {
    scope.includes.runtime("value.h");
  }
  List variants;
  std::size_t first_in_place = 0;
  bool has_boxes = false;
  for (std::size_t i = 0; i < declared.variants.size(); ++i) {
    const mfidl::Variant& variant = declared.variants[i];
    if (first_in_place == i && variant.boxed) {
      ++first_in_place;
    }
    Object item;
    scope.includes.declaration(*variant.structure);
    const std::string structure = scope.types.reference(*variant.structure);
    item.add("structure", structure);
    item.add("boxed", variant.boxed);
    item.add("type", variant.boxed ? "::multifrost::Boxed<" + structure + '>' : structure);
    item.add("tag_value", quoted(variant.tag_value));
    item.add("index", Value(static_cast<std::int64_t>(i)));
    variants.emplace_back(std::move(item));
    has_boxes = has_boxes || variant.boxed;
  }
  if (has_boxes) {
    scope.includes.runtime("boxed.h");
  }
  view.add("has_boxes", has_boxes);
  view.add("variant_count", Value(static_cast<std::int64_t>(declared.variants.size())));
  // A default value that holds something: the first variant that is not behind a pointer.
  const bool needs_choice = first_in_place != 0 && first_in_place < declared.variants.size();
  view.add("default_index", needs_choice ? std::to_string(first_in_place) : std::string());
  view.add("variants", std::move(variants));
  return view;
}

}  // namespace

List doc_lines(const mfidl::Named& named) {
  List lines;
  const auto add = [&lines](std::string_view line) {
    std::string text = line.empty() ? "" : " " + std::string(line);
    if (text.ends_with('\\')) {
      text += '.';  // a backslash at its end would pull the next line into the comment
    }
    lines.emplace_back(std::move(text));
  };
  std::string_view rest = named.doc;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    add(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  if (named.since) {
    add("Since " + *named.since + '.');
  }
  return lines;
}

std::string deprecation(const mfidl::Named& named) {
  if (!named.deprecated) {
    return {};
  }
  return named.deprecated->empty() ? "[[deprecated]]"
                                   : "[[deprecated(" + quoted(*named.deprecated) + ")]]";
}

void describe(const mfidl::Named& named, std::string name, Object& object) {
  object.add("name", std::move(name));
  object.add("doc", doc_lines(named));
  object.add("deprecated", deprecation(named));
}

Object declaration_view(const mfidl::DeclarationRef& ref, Scope scope) {
  if (const auto* constant = std::get_if<const mfidl::Constant*>(&ref)) {
    return constant_view(**constant, scope);
  }
  if (const auto* alias = std::get_if<const mfidl::Alias*>(&ref)) {
    return alias_view(**alias, scope);
  }
  if (const auto* declared = std::get_if<const mfidl::Enum*>(&ref)) {
    return enum_view(**declared, scope);
  }
  if (const auto* structure = std::get_if<const mfidl::Struct*>(&ref)) {
    return struct_view(**structure, scope);
  }
  if (const auto* tagged = std::get_if<const mfidl::Union*>(&ref)) {
    return union_view(**tagged, scope);
  }
  return error_view(*std::get<const mfidl::Error*>(ref), scope);
}

}  // namespace mfgen::cpp
