#include "mfidl/model_json.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

// The schema is docs/model-json.md; tests compare the two. Optional facts are left out when they
// are not there.
namespace mfidl {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Integer& value) {
  if (value.negative) return static_cast<std::int64_t>(std::uint64_t{0} - value.magnitude);
  return value.magnitude;
}

Json json_of(const std::variant<std::string, Integer>& wire) {
  if (const auto* text = std::get_if<std::string>(&wire)) return *text;
  return json_of(std::get<Integer>(wire));
}

Json json_of(const Literal& literal) {
  struct Visitor {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(bool value) const { return value; }
    Json operator()(const Integer& value) const { return json_of(value); }
    Json operator()(double value) const { return value; }
    Json operator()(const std::string& value) const { return value; }
    Json operator()(std::chrono::nanoseconds value) const {
      return {{"nanoseconds", value.count()}};
    }
    Json operator()(const EnumValue* value) const {
      return {{"enum_value", value->name}, {"wire", json_of(value->wire)}};
    }
    Json operator()(const LiteralList& items) const {
      Json list = Json::array();
      for (const Literal& item : items) list.push_back(json_of(item));
      return list;
    }
    Json operator()(const LiteralMap& entries) const {
      Json map = Json::object();
      for (const LiteralEntry& entry : entries) map[entry.key] = json_of(entry.value);
      return {{"map", std::move(map)}};
    }
  };
  return std::visit(Visitor{}, literal.value);
}

void add_type(Json& json, const Type& type) {
  static constexpr std::array<std::string_view, 3> kEncodings = {"seconds", "millis", "ext"};
  json["kind"] = kind_name(type.kind);
  if (type.enumeration != nullptr) json["name"] = type.enumeration->full_name;
  if (type.structure != nullptr) json["name"] = type.structure->full_name;
  if (type.tagged_union != nullptr) json["name"] = type.tagged_union->full_name;
  if (type.nullable) json["nullable"] = true;
  if (type.boxed) json["boxed"] = true;
  if (type.alias != nullptr) json["alias"] = type.alias->full_name;
  if (type.nan_as_null) json["nan_as_null"] = true;
  if (type.kind == Kind::kTimestamp || type.kind == Kind::kDuration) {
    json["encoding"] = kEncodings[static_cast<std::size_t>(type.encoding)];
  }
  if (type.min) json["min"] = json_of(*type.min);
  if (type.max) json["max"] = json_of(*type.max);
  if (type.min_size) json["min_size"] = *type.min_size;
  if (type.max_size) json["max_size"] = *type.max_size;
  for (const Type& argument : type.arguments) add_type(json["arguments"].emplace_back(), argument);
}

Json json_of(const Type& type) {
  Json json;
  add_type(json, type);
  return json;
}

Json json_of(const std::vector<ToolAnnotation>& tools) {
  Json list = Json::array();
  for (const ToolAnnotation& tool : tools) {
    Json arguments = Json::array();
    for (const LiteralEntry& argument : tool.arguments) {
      Json one;
      if (!argument.key.empty()) one["name"] = argument.key;
      one["value"] = json_of(argument.value);
      arguments.push_back(std::move(one));
    }
    list.push_back({{"name", tool.name}, {"arguments", std::move(arguments)}});
  }
  return list;
}

Json named(const Named& one) {
  Json json;
  json["name"] = one.name;
  if (!one.doc.empty()) json["doc"] = one.doc;
  json["line"] = one.place.line;
  json["column"] = one.place.column;
  if (one.since) json["since"] = *one.since;
  if (one.deprecated) json["deprecated"] = *one.deprecated;
  for (const Language language : kLanguages) {
    const std::string& name = one.names[static_cast<std::size_t>(language)];
    if (!name.empty()) json["names"][std::string(language_name(language))] = name;
  }
  if (!one.tools.empty()) json["annotations"] = json_of(one.tools);
  return json;
}

Json declared(std::string_view what, const Declaration& one) {
  Json json;
  json["declaration"] = what;
  json["full_name"] = one.full_name;
  json.update(named(one));
  return json;
}

Json json_of(const Member& member) {
  static constexpr std::array<std::string_view, 4> kForms = {"required", "nullable", "optional",
                                                             "defaulted"};
  Json json = named(member);
  json["wire"] = member.wire;
  json["form"] = kForms[static_cast<std::size_t>(member.form)];
  json["type"] = json_of(member.type);
  if (member.boxed) json["boxed"] = true;
  if (member.default_value) json["default"] = json_of(*member.default_value);
  return json;
}

Json json_of(const Parameter& parameter) {
  static constexpr std::array<std::string_view, 3> kForms = {"required", "defaulted", "optional"};
  Json json = named(parameter);
  json["wire"] = parameter.wire;
  json["form"] = kForms[static_cast<std::size_t>(parameter.form)];
  json["type"] = json_of(parameter.type);
  if (parameter.default_value) json["default"] = json_of(*parameter.default_value);
  return json;
}

Json json_of(const Example& example);
Json json_of(const Method& method);
Json json_of(const EnumValue& value);
Json json_of(const Variant& variant);

template <typename Element>
Json list_of(const std::vector<Element>& elements) {
  Json list = Json::array();
  for (const Element& element : elements) list.push_back(json_of(element));
  return list;
}

template <typename Declared>
Json names_of(const std::vector<const Declared*>& all) {
  Json list = Json::array();
  for (const Declared* one : all) list.push_back(one->full_name);
  return list;
}

Json json_of(const Example& example) {
  Json json;
  json["arguments"] = list_of(example.arguments);
  if (example.result) json["result"] = json_of(*example.result);
  return json;
}

Json json_of(const Method& method) {
  Json json = named(method);
  json["wire"] = method.wire;
  json["origin"] = method.origin->full_name;
  json["parameters"] = list_of(method.parameters);
  if (method.stream_parameter) json["stream_parameter"] = json_of(*method.stream_parameter);
  if (method.result) json["result"] = json_of(*method.result);
  if (method.stream_result) json["stream_result"] = true;
  json["throws"] = names_of(method.throws);
  if (method.timeout) json["timeout_ns"] = method.timeout->count();
  if (method.idempotent) json["idempotent"] = true;
  if (!method.examples.empty()) json["examples"] = list_of(method.examples);
  return json;
}

Json json_of(const EnumValue& value) {
  Json json = named(value);
  json["wire"] = json_of(value.wire);
  return json;
}

Json json_of(const Variant& variant) {
  Json json = named(variant);
  json["tag_value"] = variant.tag_value;
  json["struct"] = variant.structure->full_name;
  if (variant.boxed) json["boxed"] = true;
  return json;
}

Json json_of(const Constant& one) {
  Json json = declared("const", one);
  json["type"] = json_of(one.type);
  json["value"] = json_of(one.value);
  return json;
}

Json json_of(const Alias& one) {
  Json json = declared("alias", one);
  json["type"] = json_of(one.type);
  return json;
}

Json json_of(const Enum& one) {
  Json json = declared("enum", one);
  json["base"] = one.base ? kind_name(*one.base) : std::string_view("string");
  json["open"] = one.open;
  json["values"] = list_of(one.values);
  return json;
}

Json json_of(const Struct& one) {
  Json json = declared("struct", one);
  json["strict"] = one.strict;
  json["keep_unknown"] = one.keep_unknown;
  json["members"] = list_of(one.members);
  json["reserved"] = one.reserved;
  return json;
}

Json json_of(const Union& one) {
  Json json = declared("union", one);
  json["tag"] = one.tag;
  json["open"] = one.open;
  json["variants"] = list_of(one.variants);
  return json;
}

Json json_of(const Error& one) {
  Json json = declared("error", one);
  json["match"] = one.match;
  json["members"] = list_of(one.members);
  json["reserved"] = one.reserved;
  return json;
}

Json json_of(const Interface& one) {
  Json json = declared("interface", one);
  json["extends"] = names_of(one.extends);
  if (!one.version.empty()) json["version"] = one.version;
  json["fingerprint"] = one.fingerprint;
  if (one.worker) {
    if (one.worker->service) json["worker"]["service"] = *one.worker->service;
    json["worker"]["namespace"] = one.worker->namespace_name;
  }
  json["targets"] = Json::array();
  for (const Language language : one.targets) json["targets"].push_back(language_name(language));
  json["target_published"] = one.target_published;
  json["positional"] = one.positional;
  json["methods"] = list_of(one.methods);
  json["reserved"] = one.reserved;
  return json;
}

Json names_of(const std::vector<DeclarationRef>& refs) {
  Json list = Json::array();
  for (const DeclarationRef& ref : refs) list.push_back(declaration(ref).name);
  return list;
}

Json json_of(const File& file) {
  Json json;
  json["path"] = file.root_path;
  json["package"] = file.package;
  if (!file.doc.empty()) json["doc"] = file.doc;
  if (!file.tools.empty()) json["annotations"] = json_of(file.tools);
  json["imports"] = Json::array();
  for (const Import& import : file.imports) {
    json["imports"].push_back({{"path", import.file->root_path}, {"prefix", import.prefix}});
  }
  json["declarations"] = Json::array();
  for (const DeclarationRef& ref : file.declarations) {
    json["declarations"].push_back(std::visit([](const auto* one) { return json_of(*one); }, ref));
  }
  json["definition_order"] = names_of(file.definition_order);
  json["forward"] = names_of(file.forward);
  return json;
}

}  // namespace

std::string model_to_json(const Model& model) {
  Json json;
  json["schema"] = kModelJsonSchema;
  json["main"] = model.main().root_path;
  json["files"] = Json::array();
  for (const auto& file : model.files) json["files"].push_back(json_of(*file));
  return json.dump(2) + "\n";
}

}  // namespace mfidl
