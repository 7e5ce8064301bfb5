#include "python/view.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "python/interface_view.h"
#include "python/names.h"
#include "python/text.h"
#include "python/types.h"

namespace mfgen::python {
namespace {

using MemberName = std::string (*)(const mfidl::Named& member);

List field_views(const std::vector<mfidl::Member>& members, MemberName name_of,
                 const Types& types) {
  List fields;
  for (const mfidl::Member& member : members) {
    Object field;
    const std::string name = types.beside_types(name_of(member));
    field.add("name", name);
    field.add("doc", docstring_lines(member));
    field.add("annotation", types.annotation(member.type) +
                                (member.form == mfidl::MemberForm::kOptional ? " | None" : ""));
    field.add("default", dataclass_default(member, types));
    // A function's default must not be a list that all its calls share.
    const bool container = member.default_value && is_container(*member.default_value);
    field.add("argument_default", container ? " | None = None" : dataclass_default(member, types));
    field.add("argument",
              container ? name + " or " + types.literal(*member.default_value, member.type) : name);
    field.add("codec", field_codec(member, name, types));
    fields.push_back(std::move(field));
  }
  return fields;
}

bool has_factory(const std::vector<mfidl::Member>& members) {
  return std::any_of(members.begin(), members.end(), [](const mfidl::Member& member) {
    return member.default_value && is_container(*member.default_value);
  });
}

Object constant_view(const mfidl::Constant& constant, const Types& types) {
  Object view;
  view.add("name", declared_name(constant));
  view.add("doc", comment_lines(constant));
  view.add("annotation", types.annotation(constant.type));
  view.add("value", types.literal(constant.value, constant.type));
  return view;
}

Object alias_view(const mfidl::Alias& alias, const Types& types) {
  Object view;
  view.add("name", declared_name(alias));
  view.add("doc", comment_lines(alias));
  view.add("type", types.annotation(alias.type));
  return view;
}

Object enum_view(const mfidl::Enum& declaration, const Types& types) {
  Object view;
  view.add("name", declared_name(declaration));
  view.add("codec_name", types.codec_name(declaration));
  view.add("doc", docstring_lines(declaration));
  const std::string base =
      declaration.base ? upper_case(mfidl::kind_name(*declaration.base)) : std::string("STRING");
  view.add("codec", "_mf.EnumOf(" + declared_name(declaration) + ", _mf." + base +
                        (declaration.open ? ", open=True)" : ")"));
  List values;
  for (const mfidl::EnumValue& value : declaration.values) {
    Object entry;
    entry.add("name", enum_value_name(value));
    entry.add("doc", comment_lines(value));
    const auto* text = std::get_if<std::string>(&value.wire);
    entry.add("wire",
              text != nullptr ? quoted(*text) : to_string(std::get<mfidl::Integer>(value.wire)));
    values.push_back(std::move(entry));
  }
  view.add("values", std::move(values));
  return view;
}

Object struct_view(const mfidl::Struct& declaration, const Types& types) {
  Object view;
  view.add("name", declared_name(declaration));
  view.add("codec_name", types.codec_name(declaration));
  view.add("doc", docstring_lines(declaration));
  view.add("fields", field_views(declaration.members, member_name, types));
  view.add("has_factory", has_factory(declaration.members));
  view.add("keep_unknown", declaration.keep_unknown);
  view.add("codec_options", declaration.keep_unknown ? ", unknown=\"keep\""
                            : declaration.strict     ? ", unknown=\"refuse\""
                                                     : "");
  return view;
}

Object union_view(const mfidl::Union& declaration, const Types& types) {
  Object view;
  view.add("name", declared_name(declaration));
  view.add("codec_name", types.codec_name(declaration));
  view.add("doc", comment_lines(declaration));
  view.add("tag", quoted(declaration.tag));
  view.add("idl_name", quoted(declaration.name));
  view.add("open", declaration.open);
  List variants;
  for (const mfidl::Variant& variant : declaration.variants) {
    Object entry;
    entry.add("type", types.name(*variant.structure));
    entry.add("codec", types.codec_name(*variant.structure));
    entry.add("wire", quoted(variant.tag_value));
    variants.push_back(std::move(entry));
  }
  view.add("variants", std::move(variants));
  return view;
}

Object error_view(const mfidl::Error& declaration, const Types& types) {
  Object view;
  view.add("name", declared_name(declaration));
  view.add("codec_name", types.codec_name(declaration));
  view.add("doc", docstring_lines(declaration));
  view.add("full_name", quoted(declaration.full_name));
  List matches;
  for (const std::string& match : declaration.match) {
    if (match != declaration.name) matches.push_back(quoted(match));
  }
  view.add("matches", std::move(matches));
  view.add("fields", field_views(declaration.members, error_member_name, types));
  view.add("has_factory", has_factory(declaration.members));
  return view;
}

// The lists that the module's template walks through, one a kind of declaration.
struct Sections {
  List constants, aliases, enums, structs, unions, errors, interfaces;
};

Sections sections_of(const mfidl::File& file, const Types& types) {
  Sections sections;
  struct Sort {
    Sections& into;
    const Types& types;
    void operator()(const mfidl::Constant* it) {
      into.constants.push_back(constant_view(*it, types));
    }
    void operator()(const mfidl::Alias* it) { into.aliases.push_back(alias_view(*it, types)); }
    void operator()(const mfidl::Enum* it) { into.enums.push_back(enum_view(*it, types)); }
    void operator()(const mfidl::Struct* it) { into.structs.push_back(struct_view(*it, types)); }
    void operator()(const mfidl::Union* it) { into.unions.push_back(union_view(*it, types)); }
    void operator()(const mfidl::Error* it) { into.errors.push_back(error_view(*it, types)); }
    void operator()(const mfidl::Interface* it) {
      into.interfaces.push_back(interface_view(*it, types));
    }
  };
  for (const mfidl::DeclarationRef& ref : file.definition_order) {
    std::visit(Sort{sections, types}, ref);
  }
  return sections;
}

// Every file whose declarations this one reaches, also through aliases and bases of imported files.
void collect_files(const mfidl::File& file, std::set<const mfidl::File*>& found) {
  for (const mfidl::Import& import : file.imports) {
    if (found.insert(import.file).second) collect_files(*import.file, found);
  }
}

List import_views(const mfidl::File& file) {
  std::set<const mfidl::File*> indirect;
  collect_files(file, indirect);
  List imports;
  for (const mfidl::Import& import : file.imports) {
    indirect.erase(import.file);
    imports.push_back("import " + module_name(*import.file) + " as " + import_alias(import));
  }
  std::set<std::string> whole;
  for (const mfidl::File* reached : indirect) whole.insert(module_name(*reached));
  for (const std::string& module : whole) imports.push_back("import " + module);
  return imports;
}

bool any_has(const List& objects, std::string_view member) {
  return std::any_of(objects.begin(), objects.end(), [member](const Value& object) {
    const Value* value = object.as_object()->find(member);
    if (const bool* flag = value->as_bool()) return *flag;
    return !value->as_list()->empty();
  });
}

// The words that the module has to import.
Object uses_view(const Sections& sections, const UsedWords& used) {
  const bool keeps = any_has(sections.structs, "keep_unknown");
  const bool open_union = any_has(sections.unions, "open");
  Object uses;
  uses.add("interfaces", !sections.interfaces.empty());
  uses.add("takes_items", any_has(sections.interfaces, "takes_items"));
  uses.add("dataclass", !sections.structs.empty() || any_has(sections.errors, "fields"));
  uses.add("field", keeps || any_has(sections.structs, "has_factory") ||
                        any_has(sections.errors, "has_factory"));
  uses.add("datetime", used.datetime);
  uses.add("timedelta", used.timedelta);
  uses.add("enum", !sections.enums.empty());
  uses.add("any", used.any || keeps || open_union);
  uses.add("final", !sections.constants.empty());
  uses.add("alias", !sections.aliases.empty() || !sections.unions.empty());
  return uses;
}

// "common/geo.mfidl" → "common/geo_mf.py"
std::string output_path(const mfidl::File& file) {
  std::string path = module_name(file);
  std::replace(path.begin(), path.end(), '.', '/');
  return path + ".py";
}

}  // namespace

Object view(const mfidl::Model& model, const ViewOptions& /*options*/,
            mfidl::Diagnostics& /*diagnostics*/) {
  const mfidl::File& file = model.main();
  const Types types(file);
  Sections sections = sections_of(file, types);
  Object view;
  Object output;
  output.add("path", output_path(file));
  output.add("template", "module");
  view.add("files", List{Value(std::move(output))});
  view.add("generator", MFGEN_VERSION);
  view.add("source", file.root_path);
  view.add("doc", docstring_lines(file.doc));
  view.add("imports", import_views(file));
  view.add("uses", uses_view(sections, types.used()));
  view.add("constants", std::move(sections.constants));
  view.add("aliases", std::move(sections.aliases));
  view.add("enums", std::move(sections.enums));
  view.add("structs", std::move(sections.structs));
  view.add("unions", std::move(sections.unions));
  view.add("errors", std::move(sections.errors));
  view.add("interfaces", std::move(sections.interfaces));
  return view;
}

}  // namespace mfgen::python
